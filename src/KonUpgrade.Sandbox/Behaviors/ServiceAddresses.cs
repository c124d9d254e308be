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
    /// <param name="before">The Service as it is; null for a new one.</param>
    /// <param name="service">The Service as it is to be, in its storage version; it is filled in.</param>
    /// <param name="dryRun">Nothing is held.</param>
    public ServiceAllocation Allocate(JsonObject? before, JsonObject service, bool dryRun)
    {
        var allocation = new ServiceAllocation(this);
        if (service["spec"] is not JsonObject spec) return allocation;
        lock (_gate)
        {
            JsonObject? old = before?["spec"] as JsonObject;
            AllocateAddress(old, spec, allocation);
            AllocatePorts(old, spec, allocation);
            if (dryRun)
            {
                allocation.HeldAddresses.Clear();
                allocation.HeldPorts.Clear();
            }
            _addresses.UnionWith(allocation.HeldAddresses);
            _ports.UnionWith(allocation.HeldPorts);
        }
        if (service["status"] is null) service["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
        return allocation;
    }

    /// <summary>A Service is gone, and what it had is free.</summary>
    public void Release(JsonObject service)
    {
        if (service["spec"] is JsonObject spec) Free([Metadata.Text(spec, "clusterIP")], Ports(spec));
    }

    public void Free(IEnumerable<string> addresses, IEnumerable<int> ports)
    {
        lock (_gate)
        {
            _addresses.ExceptWith(addresses);
            _ports.ExceptWith(ports);
        }
    }

    private void AllocateAddress(JsonObject? old, JsonObject spec, ServiceAllocation allocation)
    {
        string had = old is null ? string.Empty : Metadata.Text(old, "clusterIP");
        if (Metadata.Text(spec, "type") == "ExternalName")
        {
            allocation.LeftAddresses.Add(had);
            foreach (string field in (ReadOnlySpan<string>)["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]) spec.Remove(field);
            return;
        }
        string wanted = Metadata.Text(spec, "clusterIP");
        if (wanted.Length == 0 && Metadata.Strings(spec, "clusterIPs") is [var first, ..]) wanted = first;
        if (wanted.Length == 0) wanted = had;
        if (had.Length > 0 && wanted != had)
        {
            allocation.Causes.Add(new("FieldValueInvalid", $"Invalid value: []string{{\"{wanted}\"}}: may not change once set", "spec.clusterIPs[0]"));
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
                allocation.Causes.Add(new("FieldValueInvalid", $"Invalid value: []string{{\"{wanted}\"}}: failed to allocate IP {wanted}: the provided network does not match the current range", "spec.clusterIPs"));
                return;
            }
            if (_addresses.Contains(wanted))
            {
                allocation.Causes.Add(new("FieldValueInvalid", $"Invalid value: []string{{\"{wanted}\"}}: failed to allocate IP {wanted}: provided IP is already allocated", "spec.clusterIPs"));
                return;
            }
        }
        if (wanted != "None" && wanted != had) allocation.HeldAddresses.Add(wanted);
        spec["clusterIP"] = wanted;
        if (spec["clusterIPs"] is not JsonArray { Count: > 0 }) spec["clusterIPs"] = new JsonArray(wanted);
        if (spec["ipFamilies"] is not JsonArray { Count: > 0 }) spec["ipFamilies"] = new JsonArray("IPv4");
        spec["ipFamilyPolicy"] ??= "SingleStack";
    }

    private void AllocatePorts(JsonObject? old, JsonObject spec, ServiceAllocation allocation)
    {
        HashSet<int> had = old is null ? [] : [.. Ports(old)];
        string type = Metadata.Text(spec, "type");
        if (type is not ("NodePort" or "LoadBalancer"))
        {
            GiveUpPorts(had, spec, type, allocation);
            return;
        }
        bool none = type == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] is JsonValue flag && flag.TryGetValue(out bool allocate) && !allocate;
        // One node port can serve one port of each protocol.
        var mine = new HashSet<(int Port, string Protocol)>();
        int index = 0;
        foreach (JsonObject port in (spec["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            string path = $"spec.ports[{index++}].nodePort", protocol = Metadata.Text(port, "protocol");
            int wanted = NodePort(port);
            if (wanted == 0)
            {
                if (none) continue;
                wanted = SamePort(old, port);
                if (wanted == 0)
                {
                    do wanted = FirstPort + (_nextPort++ - FirstPort) % (LastPort - FirstPort + 1);
                    while (_ports.Contains(wanted) || allocation.HeldPorts.Contains(wanted));
                }
            }
            else if (!had.Contains(wanted) && wanted is < FirstPort or > LastPort)
            {
                allocation.Causes.Add(new("FieldValueInvalid", $"Invalid value: {wanted}: provided port is not in the valid range. The range of valid ports is {FirstPort}-{LastPort}", path));
                continue;
            }
            else if ((!had.Contains(wanted) && _ports.Contains(wanted)) || !mine.Add((wanted, protocol)))
            {
                allocation.Causes.Add(new("FieldValueInvalid", $"Invalid value: {wanted}: provided port is already allocated", path));
                continue;
            }
            mine.Add((wanted, protocol));
            port["nodePort"] = (long)wanted;
            if (!had.Contains(wanted)) allocation.HeldPorts.Add(wanted);
        }
        allocation.LeftPorts.UnionWith(had.Except(Ports(spec)));
    }

    // A type without node ports: those that came along from the type before are dropped, any other is refused.
    private static void GiveUpPorts(HashSet<int> had, JsonObject spec, string type, ServiceAllocation allocation)
    {
        bool same = had.Count > 0 && had.SetEquals(Ports(spec));
        int index = 0;
        foreach (JsonObject port in (spec["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            string path = $"spec.ports[{index++}].nodePort";
            if (same) port.Remove("nodePort");
            else if (NodePort(port) != 0) allocation.Causes.Add(new("FieldValueForbidden", $"Forbidden: may not be used when `type` is '{type}'", path));
        }
        allocation.LeftPorts.UnionWith(had);
    }

    // An update that leaves a node port out keeps the one that the same port had.
    private static int SamePort(JsonObject? old, JsonObject port)
    {
        foreach (JsonObject before in (old?["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (JsonNode.DeepEquals(before["port"], port["port"]) && JsonNode.DeepEquals(before["protocol"], port["protocol"]))
                return NodePort(before);
        }
        return 0;
    }

    private static IEnumerable<int> Ports(JsonObject spec)
        => (spec["ports"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(NodePort)
            .Where(port => port != 0);

    // 0 for none.
    private static int NodePort(JsonObject port) => port["nodePort"] is JsonValue value && value.TryGetValue(out long number) ? (int)number : 0;

    private static string Address(uint offset)
        => string.Create(CultureInfo.InvariantCulture, $"10.{96 + (offset >> 16)}.{(offset >> 8) & 0xFF}.{offset & 0xFF}");

    private static bool InRange(string address)
        => System.Net.IPAddress.TryParse(address, out System.Net.IPAddress? parsed) && parsed.GetAddressBytes() is [10, >= 96 and <= 111, _, _];
}
