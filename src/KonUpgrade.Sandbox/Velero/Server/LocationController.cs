using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Velero.Server;

/// <summary>Validates storage locations, and syncs what lies in them into the cluster.</summary>
internal sealed class LocationController(VeleroServer server) : VeleroController(server, "backupstoragelocations")
{
    // What was seen of each location, by its UID.
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Looks at all locations as if for the first time.</summary>
    public override void Begin()
    {
        _known.Clear();
        LookAtAll();
    }

    public override void Look(JsonObject item)
    {
        JsonObject spec = Fields.Object(item, "spec");
        string uid = Metadata.Uid(item);
        // What it does itself to the status brings it here again, and changes nothing.
        if (_known.TryGetValue(uid, out Known? known) && JsonNode.DeepEquals(known.Spec, spec)) return;
        _known[uid] = known = new Known((JsonObject)spec.DeepClone());
        Validate(item, known);
        Sync(item, known);
    }

    private void Validate(JsonObject location, Known known)
    {
        string? hindrance = Hindrance(location);
        JsonObject status = new() { ["phase"] = hindrance is null ? "Available" : "Unavailable", ["lastValidationTime"] = Metadata.Time(Server.Now), ["message"] = hindrance };
        Objects.PatchStatus(Plural, location, status);
        Again(location, known, Period(location, "validationFrequency", Region.Settings.ValidationFrequency), Validate);
    }

    private void Sync(JsonObject location, Known known)
    {
        TimeSpan period = Period(location, "backupSyncPeriod", Region.Settings.SyncPeriod);
        if (period > TimeSpan.Zero && Hindrance(location) is null && Server.Store(location) is { } store)
        {
            BackupSync.Sync(Server, location, store);
            Objects.PatchStatus(Plural, location, new JsonObject { ["lastSyncedTime"] = Metadata.Time(Server.Now) });
        }
        Again(location, known, period, Sync);
    }

    // As long as it stays what it is; a period of nothing means never.
    private void Again(JsonObject location, Known known, TimeSpan period, Action<JsonObject, Known> work)
    {
        if (period <= TimeSpan.Zero) return;
        string uid = Metadata.Uid(location), name = Metadata.Name(location);
        Server.At(Region.Loop.Next(period), () =>
        {
            if (_known.GetValueOrDefault(uid) != known) return;
            if (Objects.Find(Plural, name) is { } there && Metadata.Uid(there) == uid) work(there, known);
            else _known.Remove(uid);
        });
    }

    private string? Hindrance(JsonObject location)
    {
        if (Region.Troubles.Find("Unavailable", restore: false, Server.Cluster.Name, Metadata.Name(location)) is { } trouble) return trouble.Words;
        string bucket = Metadata.Text(Fields.Object(location["spec"], "objectStorage"), "bucket");
        return Server.Store(location) is null ? $"the storage of the location cannot be listed: NoSuchBucket: the bucket {bucket} does not exist" : null;
    }

    private static TimeSpan Period(JsonObject location, string field, TimeSpan otherwise)
        => GoDurations.Read(Fields.Text(location["spec"], field)) ?? otherwise;

    private sealed class Known(JsonObject spec)
    {
        public JsonObject Spec { get; } = spec;
    }
}
