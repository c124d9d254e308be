using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>EndpointSlices on their way from discovery.k8s.io/v1beta1 to v1, which tells node and zone of an endpoint in fields.</summary>
internal sealed class EndpointSliceConverter : IObjectConverter
{
    private const string Group = "discovery.k8s.io";

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => ["EndpointSlice"];

    /// <inheritdoc/>
    public bool Converts(string from, string to) => from == Group + "/v1beta1" && to == Group + "/v1";

    /// <inheritdoc/>
    public IReadOnlyList<string> Convert(JsonObject o, string to)
    {
        var notes = new List<string>();
        foreach (var endpoint in o.Mappings("endpoints"))
        {
            if (endpoint.Take("topology") is not JsonObject topology)
                continue;
            if (topology.Take("kubernetes.io/hostname") is { } node)
                endpoint.Pin("nodeName", node);
            if (topology.Take("topology.kubernetes.io/zone") is { } zone)
                endpoint.Pin("zone", zone);
            if (topology.Count > 0)
                notes.Add($"Entries of an endpoint's topology are gone, since nothing can set them any more: {string.Join(", ", topology.Select(entry => entry.Key))}.");
        }

        return [.. notes.Distinct()];
    }
}
