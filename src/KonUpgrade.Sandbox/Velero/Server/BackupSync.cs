using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Velero.Buckets;

namespace KonUpgrade.Sandbox.Velero.Server;

/// <summary>Makes the Backup objects of a cluster those of the object storage.</summary>
internal static class BackupSync
{
    public const string LocationLabel = "velero.io/storage-location";

    public static void Sync(VeleroServer server, JsonObject location, BackupStore store)
    {
        string where = Metadata.Name(location);
        HashSet<string> there = [.. store.Backups()];
        foreach (string name in there)
        {
            if (server.Objects.Find("backups", name) is not null || store.Find(name) is not { } stored || !IsSeen(server, name, stored)) continue;
            server.Objects.Create("backups", Here(stored, server, where));
        }
        foreach (JsonObject backup in server.Objects.All("backups"))
        {
            bool gone = Fields.Texts(Metadata.Of(backup), "labels").GetValueOrDefault(LocationLabel) == LabelValues.Of(where)
                && (VeleroObjects.PhaseOf(backup) is "Completed" or "PartiallyFailed")
                && !there.Contains(Metadata.Name(backup));
            if (gone) server.Objects.Delete("backups", backup);
        }
    }

    // What is still being worked at is left until it is done.
    private static bool IsSeen(VeleroServer server, string name, JsonObject stored)
    {
        if (VeleroObjects.PhaseOf(stored) is not ("Completed" or "PartiallyFailed" or "Failed" or "FailedValidation")) return false;
        if (server.Region.Troubles.Find("NotSynced", restore: false, server.Cluster.Name, name) is not { } trouble) return true;
        return trouble.Delay is { } delay && Fields.Time(stored["status"], "completionTimestamp") is { } completed && completed + delay <= server.Now;
    }

    private static JsonObject Here(JsonObject stored, VeleroServer server, string location)
    {
        JsonObject metadata = Metadata.Of(stored);
        foreach (string field in (ReadOnlySpan<string>)["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink", "ownerReferences", "finalizers"]) metadata.Remove(field);
        metadata["namespace"] = server.Installation.Namespace;
        Fields.Made(metadata, "labels")[LocationLabel] = LabelValues.Of(location);
        VeleroObjects.SpecOf(stored)["storageLocation"] = location;
        return stored;
    }
}
