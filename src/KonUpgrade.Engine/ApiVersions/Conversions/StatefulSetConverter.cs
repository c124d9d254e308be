using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>StatefulSets of apps/v1beta1.</summary>
internal sealed class StatefulSetConverter() : WorkloadConverter("StatefulSet", Apps)
{
    /// <inheritdoc/>
    protected override void Pin(JsonObject spec, string from, List<string> notes) => OnDelete.Pin(spec);
}
