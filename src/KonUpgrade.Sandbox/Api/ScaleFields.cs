using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Api;

/// <summary>Where a kind keeps what its scale subresource shows.</summary>
/// <param name="Spec">The path of the number wanted, such as <c>.spec.replicas</c>.</param>
/// <param name="Status">The path of the number that is there.</param>
/// <param name="Selector">The path of the selector, as text or as an object; null for none.</param>
internal sealed record ScaleFields(string Spec, string Status, string? Selector)
{
    /// <summary>The workloads of apps, and ReplicationControllers.</summary>
    public static ScaleFields BuiltIn { get; } = new(".spec.replicas", ".status.replicas", ".spec.selector");

    /// <summary>Those that a CRD names; null where it has no scale.</summary>
    public static ScaleFields? Of(JsonObject? scale) => scale is null ? null
        : new(Metadata.Text(scale, "specReplicasPath"), Metadata.Text(scale, "statusReplicasPath"), Metadata.Text(scale, "labelSelectorPath") is { Length: > 0 } selector ? selector : null);

    /// <summary>The number wanted; 0 where there is none.</summary>
    public long Replicas(JsonObject item) => Json.TryInteger(At(item, Spec), out long number) ? number : 0;

    public static JsonNode? At(JsonNode? item, string path)
    {
        foreach (string part in path.Split('.', StringSplitOptions.RemoveEmptyEntries)) item = (item as JsonObject)?[part];
        return item;
    }

    public static void Set(JsonObject item, string path, long number)
    {
        string[] parts = path.Split('.', StringSplitOptions.RemoveEmptyEntries);
        foreach (string part in parts[..^1])
        {
            if (item[part] is not JsonObject next) item[part] = next = [];
            item = next;
        }
        item[parts[^1]] = number;
    }
}
