using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas.Conversions;

/// <summary>EndpointSlice: v1beta1 tells zone and host of an endpoint in a map, v1 in fields.</summary>
internal sealed class EndpointSliceShapes : IVersionShapes
{
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Host = "kubernetes.io/hostname";

    public void ToCommon(JsonObject obj, string group, string version)
    {
        if (version == "v1")
            return;
        foreach (var endpoint in Fields.Items(obj["endpoints"]))
        {
            if (endpoint.Take("topology") is not JsonObject topology)
                continue;
            endpoint.Put("zone", topology.Take(Zone));
            var host = topology.Take(Host);
            if (endpoint["nodeName"] is null)
                endpoint.Put("nodeName", host);
            if (topology.Count > 0)
                endpoint["deprecatedTopology"] = topology;
        }
    }

    public void FromCommon(JsonObject obj, string group, string version)
    {
        if (version == "v1")
            return;
        foreach (var endpoint in Fields.Items(obj["endpoints"]))
        {
            var topology = endpoint.Take("deprecatedTopology") as JsonObject ?? [];
            topology.Put(Zone, endpoint.Take("zone"));
            topology.Put(Host, endpoint["nodeName"]?.DeepClone());
            if (topology.Count > 0)
                endpoint["topology"] = topology;
        }
    }
}
