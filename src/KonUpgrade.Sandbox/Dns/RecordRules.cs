using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace KonUpgrade.Sandbox.Dns;

/// <summary>What a single record set must be, and what those of one name must be together, in the service's own words.</summary>
internal static partial class RecordRules
{
    private static readonly string[] Types = ["A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"];

    /// <summary>What is wrong with the shape of a change: the request is refused before anything is looked at.</summary>
    public static string? Shape(string action, RecordSet record)
    {
        string change = $"in Change with [Action={action}, Name={record.Name}, Type={record.Type}, SetIdentifier={record.SetIdentifier ?? "null"}]";
        if (action is not ("CREATE" or "DELETE" or "UPSERT")) return $"1 validation error detected: Value '{action}' failed to satisfy constraint: Member must satisfy enum value set: [CREATE, DELETE, UPSERT]";
        if (!Types.Contains(record.Type)) return $"1 validation error detected: Value '{record.Type}' failed to satisfy constraint: Member must satisfy enum value set";
        int kinds = (record.Alias is null ? 0 : 1) + (record.HasValues || record.Ttl is not null ? 1 : 0) + (record.IsTrafficPolicy ? 1 : 0);
        bool isWhole = record.Alias is not null || record.IsTrafficPolicy || (record.HasValues && record.Ttl is not null);
        if (kinds > 1 || !isWhole)
            return $"Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found {(kinds > 1 ? "more than one" : "none")} {change}";
        if (record.Alias is { } alias && (alias.Element("HostedZoneId") is null || alias.Element("DNSName") is null || alias.Element("EvaluateTargetHealth") is null))
            return "Invalid XML ; cvc-complex-type.2.4.b: The content of element 'AliasTarget' is not complete.";
        if (record.Routing.Count > 0 && record.SetIdentifier is null) return $"Invalid request: Missing field 'SetIdentifier' {change}";
        if (record.SetIdentifier is not null && record.Routing.Count != 1)
            return $"Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig], but found {(record.Routing.Count > 1 ? "more than one" : "none")} {change}";
        if (record.Weight is < 0 or > 255) return $"1 validation error detected: Value '{record.Weight}' at 'changeBatch.changes.1.member.resourceRecordSet.weight' failed to satisfy constraint: Member must have value between 0 and 255";
        return record.Ttl is < 0 or > int.MaxValue ? $"1 validation error detected: Value '{record.Ttl}' at 'changeBatch.changes.1.member.resourceRecordSet.tTL' failed to satisfy constraint" : null;
    }

    /// <summary>What is wrong with the values.</summary>
    public static string? Values(RecordSet record)
    {
        foreach (string value in record.Values)
        {
            string? problem = record.Type switch
            {
                "A" when !(IPAddress.TryParse(value, out IPAddress? four) && four.AddressFamily == AddressFamily.InterNetwork) => "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)",
                "AAAA" when !(IPAddress.TryParse(value, out IPAddress? six) && six.AddressFamily == AddressFamily.InterNetworkV6) => "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)",
                "CNAME" when value.Length == 0 => "DomainNameEmpty (Domain name is empty)",
                "TXT" when !Quoted().IsMatch(value) => "InvalidCharacterString (Value should be enclosed in quotation marks)",
                "TXT" when OneText().Matches(value).Any(text => text.Length > 257) => "CharacterStringTooLong (Value is too long)",
                _ => null,
            };
            if (problem is not null) return $"Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''";
        }
        if (record.Type == "CNAME" && record.Values.Count > 1) return $"RRSet of type CNAME with DNS name {record.Name} must have exactly one value";
        return record.Values.Distinct(StringComparer.Ordinal).Count() < record.Values.Count ? $"Duplicate Resource Record: '{record.Values.GroupBy(value => value).First(group => group.Count() > 1).Key}'" : null;
    }

    /// <summary>What is wrong with a record set beside all others of its zone.</summary>
    public static string? Beside(RecordSet record, HostedZone zone, IEnumerable<RecordSet> all)
    {
        RecordSet[] others = [.. all.Where(other => other.Name == record.Name && other.Key != record.Key)];
        if (record.Type == "CNAME" && record.Name == zone.Name) return $"RRSet of type CNAME with DNS name {record.Name} is not permitted at apex in zone {zone.Name}";
        if (others.Any(other => (other.Type == "CNAME") != (record.Type == "CNAME")))
            return $"RRSet of type {record.Type} with DNS name {record.Name} is not permitted as it conflicts with other records with the same DNS name in zone {zone.Name}";
        RecordSet[] alike = [.. others.Where(other => other.Type == record.Type)];
        if (alike.Length == 0) return null;
        if (record.SetIdentifier is null || alike.Any(other => other.SetIdentifier is null))
            return $"RRSet with DNS name {record.Name}, type {record.Type} cannot be created as other RRSets exist with the same name and type.";
        string policy = record.Routing[0];
        if (alike.Any(other => other.Routing[0] != policy))
            return $"RRSet with DNS name {record.Name}, type {record.Type}, SetIdentifier {record.SetIdentifier} cannot be created as a non-{Word(policy)} set exists with the same name and type.";
        if (policy == "Weight" && alike.Any(other => other.Ttl != record.Ttl))
            return $"RRSet with DNS name {record.Name} and type {record.Type}, SetIdentifier {record.SetIdentifier} cannot be created as weighted sets must contain the same TTL.";
        return null;
    }

    private static string Word(string policy) => policy switch { "Weight" => "weighted", "Region" => "latency", _ => policy.ToLowerInvariant() };

    [GeneratedRegex("""^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*\z""")]
    private static partial Regex Quoted();

    [GeneratedRegex(""""
        "(?:[^"\\]|\\.)*"
        """")]
    private static partial Regex OneText();
}
