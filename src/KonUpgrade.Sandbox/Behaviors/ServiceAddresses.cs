using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>Gives Services their cluster IP and node ports, as the API server does from its ranges.</summary>
internal sealed class ServiceAddresses(SimulatedCluster cluster)
{
    private const int FirstPort = 30_000;
    private const int LastPort = 32_767;

    private readonly object _gate = new();
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);
    private readonly HashSet<int> _ports = [];
    // Where each cluster begins to look: two clusters give one Service two addresses.
    private uint _nextAddress = (uint)(Stable.Number(cluster.Name) & 0xFFFF) + 256;
    private int _nextPort = FirstPort + (Stable.Number(cluster.Name) & 0x3FF);

    /// <summary>Fills what is empty, keeps what was given; says what is taken or out of range.</summary>
    public IReadOnlyList<StatusCause> Allocate(JsonObject? before, JsonObject service, bool dryRun)
    {
        if (service["spec"] is not JsonObject spec) return [];
        var causes = new List<StatusCause>();
        lock (_gate)
        {
            JsonObject? old = before?["spec"] as JsonObject;
            AllocateAddress(old, spec, dryRun, causes);
            AllocatePorts(old, spec, dryRun, causes);
        }
        if (service["status"] is null) service["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
        return causes;
    }

    public void Release(JsonObject service)
    {
        if (service["spec"] is not JsonObject spec) return;
        lock (_gate)
        {
            _addresses.Remove(Metadata.Text(spec, "clusterIP"));
            foreach (int port in Ports(spec)) _ports.Remove(port);
        }
    }

    private void AllocateAddress(JsonObject? old, JsonObject spec, bool dryRun, List<StatusCause> causes)
    {
        if (Metadata.Text(spec, "type") == "ExternalName")
        {
            if (old is not null) _addresses.Remove(Metadata.Text(old, "clusterIP"));
            foreach (string field in (ReadOnlySpan<string>)["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]) spec.Remove(field);
            return;
        }
        string had = old is null ? string.Empty : Metadata.Text(old, "clusterIP");
        string wanted = Metadata.Text(spec, "clusterIP");
        if (wanted.Length == 0 && Metadata.Strings(spec, "clusterIPs") is [var first, ..]) wanted = first;
        if (wanted.Length == 0) wanted = had;
        if (had.Length > 0 && wanted != had)
        {
            causes.Add(new("FieldValueInvalid", $"Invalid value: []string{{\"{wanted}\"}}: may not change once set", "spec.clusterIPs[0]"));
            return;
        }
        if (wanted.Length == 0)
        {
            do wanted = Address(_nextAddress++ % 0xF_FFF0 + 16);
            while (_addresses.Contains(wanted));
        }
        else if (wanted != "None" && wanted != had)
        {
            if (!InRange(wanted))
            {
                causes.Add(new("FieldValueInvalid", $"Invalid value: []string{{\"{wanted}\"}}: failed to allocate IP {wanted}: the provided network does not match the current range", "spec.clusterIPs"));
                return;
            }
            if (_addresses.Contains(wanted))
            {
                causes.Add(new("FieldValueInvalid", $"Invalid value: []string{{\"{wanted}\"}}: failed to allocate IP {wanted}: provided IP is already allocated", "spec.clusterIPs"));
                return;
            }
        }
        if (wanted != "None" && !dryRun) _addresses.Add(wanted);
        spec["clusterIP"] = wanted;
        if (spec["clusterIPs"] is not JsonArray { Count: > 0 }) spec["clusterIPs"] = new JsonArray(wanted);
        if (spec["ipFamilies"] is not JsonArray { Count: > 0 }) spec["ipFamilies"] = new JsonArray("IPv4");
        spec["ipFamilyPolicy"] ??= "SingleStack";
    }

    private void AllocatePorts(JsonObject? old, JsonObject spec, bool dryRun, List<StatusCause> causes)
    {
        HashSet<int> had = old is null ? [] : [.. Ports(old)];
        if (Metadata.Text(spec, "type") is not ("NodePort" or "LoadBalancer"))
        {
            _ports.ExceptWith(had);
            return;
        }
        bool none = Metadata.Text(spec, "type") == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] is JsonValue flag && flag.TryGetValue(out bool allocate) && !allocate;
        int index = 0;
        foreach (JsonObject port in (spec["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            string path = $"spec.ports[{index++}].nodePort";
            int wanted = port["nodePort"] is JsonValue value && value.TryGetValue(out long given) ? (int)given : 0;
            if (wanted == 0)
            {
                if (none) continue;
                wanted = SamePort(old, port);
                if (wanted == 0)
                {
                    do wanted = FirstPort + (_nextPort++ - FirstPort) % (LastPort - FirstPort + 1);
                    while (_ports.Contains(wanted));
                }
            }
            else if (!had.Contains(wanted))
            {
                if (wanted is < FirstPort or > LastPort)
                {
                    causes.Add(new("FieldValueInvalid", $"Invalid value: {wanted}: provided port is not in the valid range. The range of valid ports is {FirstPort}-{LastPort}", path));
                    continue;
                }
                if (_ports.Contains(wanted))
                {
                    causes.Add(new("FieldValueInvalid", $"Invalid value: {wanted}: provided port is already allocated", path));
                    continue;
                }
            }
            port["nodePort"] = (long)wanted;
            if (!dryRun) _ports.Add(wanted);
        }
        if (!dryRun) _ports.ExceptWith(had.Except(Ports(spec)));
    }

    // An update that leaves a node port out keeps the one that the same port had.
    private static int SamePort(JsonObject? old, JsonObject port)
    {
        foreach (JsonObject before in (old?["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (JsonNode.DeepEquals(before["port"], port["port"]) && JsonNode.DeepEquals(before["protocol"], port["protocol"]) && before["nodePort"] is JsonValue value && value.TryGetValue(out long number))
                return (int)number;
        }
        return 0;
    }

    private static IEnumerable<int> Ports(JsonObject spec)
        => (spec["ports"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(port => port["nodePort"] is JsonValue value && value.TryGetValue(out long number) ? (int)number : 0)
            .Where(port => port != 0);

    private static string Address(uint offset)
        => string.Create(CultureInfo.InvariantCulture, $"10.{96 + (offset >> 16)}.{(offset >> 8) & 0xFF}.{offset & 0xFF}");

    private static bool InRange(string address)
        => System.Net.IPAddress.TryParse(address, out System.Net.IPAddress? parsed) && parsed.GetAddressBytes() is [10, >= 96 and <= 111, _, _];
}
