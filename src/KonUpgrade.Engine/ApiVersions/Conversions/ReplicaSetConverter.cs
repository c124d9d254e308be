using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>ReplicaSets of extensions/v1beta1.</summary>
internal sealed class ReplicaSetConverter() : WorkloadConverter("ReplicaSet", Extensions)
{
    /// <inheritdoc/>
    protected override void Pin(JsonObject spec, string from, List<string> notes)
    {
        // Its defaults are the same.
    }
}
