using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.DataPlane.Caches;

namespace KonUpgrade.Sandbox.Velero.Selecting;

/// <summary>labelSelector or orLabelSelectors of a backup or restore; without either all is selected.</summary>
internal sealed class LabelFilter(JsonObject spec)
{
    private readonly SelectorMatch[] _any = spec["labelSelector"] is JsonObject one
        ? [SelectorMatch.Of(one)]
        : [.. Fields.Objects(spec, "orLabelSelectors").Select(SelectorMatch.Of)];

    public bool SelectsAll => _any.Length == 0;

    public bool Matches(JsonObject item) => SelectsAll || Array.Exists(_any, selector => selector.Matches(Fields.Texts(item["metadata"], "labels")));

    /// <summary>Both ways of selecting at once are none.</summary>
    public static bool IsContradictory(JsonObject spec) => spec["labelSelector"] is JsonObject && spec["orLabelSelectors"] is JsonArray { Count: > 0 };
}
