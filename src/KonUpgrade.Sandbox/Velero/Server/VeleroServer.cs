using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;
using KonUpgrade.Sandbox.Velero.Backups;
using KonUpgrade.Sandbox.Velero.Buckets;
using KonUpgrade.Sandbox.Velero.Restores;

namespace KonUpgrade.Sandbox.Velero.Server;

/// <summary>
/// The Velero server of one cluster. It works for as long as its Deployment is there and is not scaled to nothing, as the
/// real one's pod does.
/// </summary>
internal sealed class VeleroServer
{
    private readonly Dictionary<string, VeleroController> _controllers;
    private readonly LocationController _locations;
    private bool _works;
    private int _run;

    public VeleroServer(VeleroRegion region, SimulatedCluster cluster, VeleroInstallation installation)
    {
        Region = region;
        Cluster = cluster;
        Installation = installation;
        Objects = new VeleroObjects(cluster, installation.Namespace);
        _locations = new LocationController(this);
        VeleroController[] controllers =
        [
            _locations, new BackupController(this), new RestoreController(this), new DownloadController(this),
            new DeletionController(this), new StatusRequestController(this),
        ];
        _controllers = controllers.ToDictionary(controller => $"{controller.Plural}.{VeleroObjects.Group}", StringComparer.Ordinal);
    }

    public VeleroRegion Region { get; }

    public SimulatedCluster Cluster { get; }

    public VeleroInstallation Installation { get; }

    public VeleroObjects Objects { get; }

    public DateTimeOffset Now => Region.Now;

    /// <summary>The minor of its version: 16 of v1.16.2.</summary>
    public int Minor => Installation.Version.Split('.') is [_, var minor, ..] && int.TryParse(minor, out int number) ? number : 0;

    /// <summary>The name of the role that its account names where no other is asked for.</summary>
    public static string RoleOf(string cluster) => $"{cluster}-velero";

    /// <summary>Lays its objects into the cluster and begins.</summary>
    public void Start()
    {
        ServerContent.Lay(this);
        Cluster.Store.Changed += Follow;
        Region.Loop.Post(LookAtDeployment);
        Region.Loop.Post(Collect);
    }

    public void Leave() => Cluster.Store.Changed -= Follow;

    /// <summary>Its pod ends and another one begins.</summary>
    public void Restart()
    {
        if (!_works) return;
        End();
        LookAtDeployment();
    }

    public void LookAtLocations()
    {
        if (_works) _locations.Begin();
    }

    /// <summary>Has something done at a moment of the clock, if this run of the server lasts until then.</summary>
    public void At(DateTimeOffset due, Action work)
    {
        int run = _run;
        Region.Loop.At(due, () =>
        {
            if (_works && run == _run) work();
        });
    }

    /// <summary>A storage location, or the default one where none is named; null when there is none.</summary>
    public JsonObject? Location(string name) => name.Length > 0
        ? Objects.Find("backupstoragelocations", name)
        : Objects.All("backupstoragelocations").FirstOrDefault(location => Fields.Flag(location["spec"], "default")) ?? Objects.Find("backupstoragelocations", "default");

    /// <summary>What a storage location leads to; null when its bucket is not there.</summary>
    public BackupStore? Store(JsonObject location)
    {
        JsonObject place = Fields.Object(location["spec"], "objectStorage");
        return Region.Storage.Find(Metadata.Text(place, "bucket")) is { } bucket ? new BackupStore(bucket, Metadata.Text(place, "prefix")) : null;
    }

    // Called under the store's gate.
    private void Follow(Collection collection, StoreEvent change)
    {
        if (!change.Object.Namespace.SequenceEqual(Installation.Namespace)) return;
        if (collection.Name == "deployments.apps" && change.Object.Name.SequenceEqual("velero"))
            Region.Loop.Post(LookAtDeployment);
        else if (change.Kind != StoreEventKind.Deleted && _controllers.TryGetValue(collection.Name, out VeleroController? controller))
            Region.Loop.Post(() => Look(controller, change.Object.Name.ToString()));
    }

    private void Look(VeleroController controller, string name)
    {
        if (_works && Objects.Find(controller.Plural, name) is { } item) controller.Look(item);
    }

    private void LookAtDeployment()
    {
        ApiResource deployments = Cluster.BuiltIn("apps", "deployments");
        bool works = Cluster.Store.Find(deployments.Collection, StoredObject.KeyOf(Installation.Namespace, "velero")) is { Terminating: false } stored
            && (!Json.TryInteger(Fields.Object(deployments.Read(stored), "spec")["replicas"], out long replicas) || replicas > 0);
        if (works == _works) return;
        if (!works)
        {
            End();
            return;
        }
        _works = true;
        foreach (VeleroController controller in _controllers.Values) controller.Begin();
    }

    private void End()
    {
        _works = false;
        _run++;
        foreach (VeleroController controller in _controllers.Values) controller.End();
    }

    // Expired backups are deleted as if someone had asked for it.
    private void Collect()
    {
        Region.Loop.At(Now + Region.Settings.CollectionPeriod, Collect);
        if (_works) Expiry.Collect(this);
    }
}
