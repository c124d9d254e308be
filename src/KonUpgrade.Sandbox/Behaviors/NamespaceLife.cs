using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>A Namespace's own fields: its finalizer, its phase, the label that carries its name, and what is told of its end.</summary>
internal static class NamespaceLife
{
    private const string NameLabel = "kubernetes.io/metadata.name";

    public static void PrepareCreate(JsonObject item)
    {
        if (item["spec"] is not JsonObject spec) item["spec"] = spec = [];
        if (spec["finalizers"] is not JsonArray { Count: > 0 }) spec["finalizers"] = new JsonArray("kubernetes");
        SetPhase(item, "Active");
        SetLabel(item);
    }

    public static void PrepareUpdate(JsonObject before, JsonObject after)
    {
        // Its finalizers change through the finalize subresource alone.
        if (before["spec"] is { } spec) after["spec"] = spec.DeepClone();
        SetLabel(after);
    }

    public static void SetPhase(JsonObject item, string phase)
    {
        if (item["status"] is not JsonObject status) item["status"] = status = [];
        status["phase"] = phase;
    }

    /// <summary>Tells in the status how far the emptying of a terminating namespace has come; true when that is news.</summary>
    /// <param name="item">The namespace.</param>
    /// <param name="remaining">How many objects are left of each <c>plural.group</c>.</param>
    /// <param name="finalizers">How many of them each finalizer holds.</param>
    public static bool SetProgress(JsonObject item, IReadOnlyDictionary<string, int> remaining, IReadOnlyDictionary<string, int> finalizers)
    {
        if (item["status"] is not JsonObject status) item["status"] = status = [];
        if (status["conditions"] is not JsonArray conditions) status["conditions"] = conditions = [];
        bool news = SetCondition(conditions, "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered");
        news |= SetCondition(conditions, "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed");
        news |= SetCondition(conditions, "NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization");
        news |= remaining.Count > 0
            ? SetCondition(conditions, "NamespaceContentRemaining", true, "SomeResourcesRemain", $"Some resources are remaining: {Counts(remaining, " has ")}")
            : SetCondition(conditions, "NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed");
        news |= finalizers.Count > 0
            ? SetCondition(conditions, "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain", $"Some content in the namespace has finalizers remaining: {Counts(finalizers, " in ")}")
            : SetCondition(conditions, "NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished");
        return news;
    }

    private static string Counts(IReadOnlyDictionary<string, int> counts, string between)
        => string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key}{between}{count.Value} resource instances"));

    private static bool SetCondition(JsonArray conditions, string type, bool holds, string reason, string message)
    {
        string status = holds ? "True" : "False";
        JsonObject? old = conditions.OfType<JsonObject>().FirstOrDefault(condition => Metadata.Text(condition, "type") == type);
        if (old is not null && Metadata.Text(old, "status") == status && Metadata.Text(old, "reason") == reason && Metadata.Text(old, "message") == message) return false;
        if (old is null) conditions.Add((JsonNode)(old = []));
        old["type"] = type;
        old["status"] = status;
        old["lastTransitionTime"] = Metadata.Time(DateTimeOffset.UtcNow);
        old["reason"] = reason;
        old["message"] = message;
        return true;
    }

    private static void SetLabel(JsonObject item)
    {
        JsonObject metadata = Metadata.Of(item);
        if (metadata["labels"] is not JsonObject labels) metadata["labels"] = labels = [];
        labels[NameLabel] = Metadata.Text(metadata, "name");
    }
}
