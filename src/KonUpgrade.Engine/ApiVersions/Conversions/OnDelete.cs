using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>The update strategy that was the default before apps/v1beta2: pods are replaced when somebody deletes them.</summary>
internal static class OnDelete
{
    /// <summary>Writes it down where no strategy was told.</summary>
    public static void Pin(JsonObject spec)
    {
        if (spec.Mapping("updateStrategy") is not { } strategy)
            spec["updateStrategy"] = strategy = [];
        strategy.Pin("type", "OnDelete");
    }
}
