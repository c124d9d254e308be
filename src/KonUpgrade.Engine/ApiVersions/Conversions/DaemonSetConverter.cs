using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>DaemonSets of extensions/v1beta1.</summary>
internal sealed class DaemonSetConverter() : WorkloadConverter("DaemonSet", Extensions)
{
    /// <inheritdoc/>
    protected override void Pin(JsonObject spec, string from, List<string> notes)
    {
        // The server counts changes of the template in metadata.generation.
        spec.Remove("templateGeneration");
        OnDelete.Pin(spec);
    }
}
