using KonUpgrade.Engine.Aws.Route53;

namespace KonUpgrade.Engine.Traffic;

/// <summary>
/// What external-dns owns in a zone. Its registry is TXT records beside those that it made, with their name, with
/// <c>cname-</c> or the like before it, or with a prefix or suffix that its user chose. What it owns it writes again within
/// a minute, so that nobody else can switch it.
/// Source: external-dns, docs/registry/txt.md.
/// </summary>
internal static class ExternalDns
{
    private const string Heritage = "heritage=external-dns";

    private static readonly string[] s_types = ["a-", "aaaa-", "cname-"];

    /// <summary>What the registry says of a name; null where external-dns does not own it.</summary>
    /// <param name="hostName">The name.</param>
    /// <param name="records">The zone's record sets, or those around the name.</param>
    public static string? OwnerOf(string hostName, IReadOnlyCollection<ResourceRecordSet> records)
    {
        HashSet<string> names = [.. records.Where(static record => record.Type != "TXT").Select(static record => HostNames.Plain(record.Name))];
        foreach (var text in records.Where(static record => record.Type == "TXT"))
        {
            if (text.Values.FirstOrDefault(static value => value.TrimStart('"').StartsWith(Heritage, StringComparison.Ordinal)) is { } said && Owned(HostNames.Plain(text.Name), names, hostName) == hostName)
                return said.Trim('"');
        }
        return null;
    }

    // The longest name that a registry's own name can be made of: a prefix of one may be a part of another.
    private static string? Owned(string registry, HashSet<string> names, string hostName)
    {
        var bare = hostName.StartsWith("*.", StringComparison.Ordinal) ? $"wildcard.{hostName[2..]}" : hostName;
        if (registry == hostName || registry == bare || s_types.Any(type => registry == type + hostName || registry == type + bare))
            return hostName;
        if (names.Contains(registry) || s_types.Any(type => registry.StartsWith(type, StringComparison.Ordinal) && names.Contains(registry[type.Length..])))
            return null;
        return names.Append(hostName).Where(name => registry.EndsWith(name, StringComparison.Ordinal) || IsSuffixed(registry, name)).MaxBy(static name => name.Length);
    }

    private static bool IsSuffixed(string registry, string name) =>
        name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && registry.StartsWith(name[..dot], StringComparison.Ordinal) && registry.EndsWith(name[dot..], StringComparison.Ordinal);
}
