using System.Text.Json.Nodes;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>An object to be put on a cluster before the rehearsal begins.</summary>
/// <param name="FieldManager">Who writes it, as the cluster will remember.</param>
/// <param name="Json">The object.</param>
internal sealed record ClusterObject(string FieldManager, JsonObject Json)
{
    public string ApiVersion => (string)Json["apiVersion"]!;

    public string Kind => (string)Json["kind"]!;

    public string Name => (string)Json["metadata"]!["name"]!;

    public string? Namespace => (string?)Json["metadata"]!["namespace"];

    /// <summary>The status, which a server takes only on its own path; null where the object has none.</summary>
    public JsonNode? Status => Json["status"];
}
