using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Velero.Server;

/// <summary>Tells the server's version and plugins, and forgets who asked after a minute.</summary>
internal sealed class StatusRequestController(VeleroServer server) : VeleroController(server, "serverstatusrequests")
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    public override void Begin() => LookAtAll();

    public override void Look(JsonObject item)
    {
        if (VeleroObjects.PhaseOf(item) == "Processed")
        {
            if (Fields.Time(item["status"], "processedTimestamp") is { } processed) Server.At(processed + Kept, () => Objects.Delete(Plural, item));
            return;
        }
        Objects.PatchStatus(Plural, item, new JsonObject
        {
            ["phase"] = "Processed",
            ["processedTimestamp"] = Metadata.Time(Server.Now),
            ["serverVersion"] = Server.Installation.Version,
            ["plugins"] = new JsonArray(
                new JsonObject { ["kind"] = "ObjectStore", ["name"] = "velero.io/aws" },
                new JsonObject { ["kind"] = "VolumeSnapshotter", ["name"] = "velero.io/aws" }),
        });
    }
}
