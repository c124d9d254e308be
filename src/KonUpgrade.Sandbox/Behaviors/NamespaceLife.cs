using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>A Namespace's own fields: its finalizer, its phase and the label that carries its name.</summary>
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

    private static void SetLabel(JsonObject item)
    {
        JsonObject metadata = Metadata.Of(item);
        if (metadata["labels"] is not JsonObject labels) metadata["labels"] = labels = [];
        labels[NameLabel] = Metadata.Text(metadata, "name");
    }
}
