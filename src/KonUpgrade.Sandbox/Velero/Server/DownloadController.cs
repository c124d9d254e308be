using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Velero.Server;

/// <summary>Gives a URL for what is asked for, and takes the request away when the URL holds no more.</summary>
internal sealed class DownloadController(VeleroServer server) : VeleroController(server, "downloadrequests")
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    public override void Begin() => LookAtAll();

    public override void Look(JsonObject item)
    {
        if (VeleroObjects.PhaseOf(item) == "Processed")
        {
            if (Fields.Time(item["status"], "expiration") is { } expiration) Server.At(expiration, () => Objects.Delete(Plural, item));
            return;
        }
        JsonObject target = Fields.Object(item["spec"], "target");
        string kind = Metadata.Text(target, "kind"), name = Metadata.Text(target, "name");
        JsonObject? location = Backup(kind, name) is { } backup ? Server.Location(Fields.Text(backup["spec"], "storageLocation")) : null;
        if (location is null || Server.Store(location) is not { } store || store.KeyOf(kind, name) is not { } key)
        {
            // For what is not there the real server gives no answer either: it tries again and again.
            Server.At(Region.Loop.Next(Retry), () => LookAgain(item));
            return;
        }
        DateTimeOffset until = Server.Now + Region.Settings.DownloadsLast;
        Objects.PatchStatus(Plural, item, new JsonObject
        {
            ["phase"] = "Processed",
            ["downloadURL"] = Region.Signing.Sign(Region.Settings.DownloadAddress ?? Region.StorageUri, store.Bucket.Name, key, Server.Now, Region.Settings.DownloadsLast).AbsoluteUri,
            ["expiration"] = Metadata.Time(until),
        });
    }

    private void LookAgain(JsonObject item)
    {
        if (Objects.Find(Plural, Metadata.Name(item)) is { } there && Metadata.Uid(there) == Metadata.Uid(item)) Look(there);
    }

    private JsonObject? Backup(string kind, string name)
    {
        if (!kind.StartsWith("Restore", StringComparison.Ordinal)) return Objects.Find("backups", name);
        return Objects.Find("restores", name) is { } restore ? Objects.Find("backups", Fields.Text(restore["spec"], "backupName")) : null;
    }
}
