using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Batch;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Clocks;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.DataPlane.Nodes;
using KonUpgrade.Sandbox.DataPlane.Pods;
using KonUpgrade.Sandbox.DataPlane.Scheduling;
using KonUpgrade.Sandbox.DataPlane.Services;
using KonUpgrade.Sandbox.DataPlane.Volumes;
using KonUpgrade.Sandbox.DataPlane.Work;
using KonUpgrade.Sandbox.DataPlane.Workloads;

namespace KonUpgrade.Sandbox.DataPlane;

/// <summary>What makes a cluster live: its nodes, its clock, and the controllers that work in it.</summary>
internal sealed class SimulatedDataPlane : IAsyncDisposable
{
    private readonly SimulatedCluster _cluster;
    private readonly PlaneContext _plane;
    private readonly PlaneLoop _loop;
    private readonly NodeLifecycle _nodes;
    private int _lastNode;

    public SimulatedDataPlane(SimulatedCluster cluster, DataPlaneSettings settings)
    {
        _cluster = cluster;
        var caches = new PlaneCaches(cluster);
        _plane = new PlaneContext(cluster, caches, new SimulationClock { Speed = settings.Speed }, cluster.Disruptions) { Settings = settings };
        _nodes = new NodeLifecycle(_plane);
        _loop = new PlaneLoop(cluster, _plane,
        [
            _nodes, new Scheduler(_plane), new Kubelet(_plane), new TaintEviction(_plane), new PodCollector(_plane),
            new BudgetController(_plane), new ReplicaSetController(_plane), new DeploymentController(_plane),
            new StatefulSetController(_plane), new DaemonSetController(_plane), new JobController(_plane), new CronJobController(_plane),
            new EndpointSliceController(_plane), new VolumeBinder(_plane),
        ]);
    }

    public SimulationClock Clock => _plane.Clock;

    public DataPlaneSettings Settings => _plane.Settings;

    /// <summary>The machine of a node was taken away, whether the Node was still there or not.</summary>
    public event Action<string>? NodeTerminated;

    public void Start() => _loop.Start();

    /// <summary>Lets one more controller work in the plane.</summary>
    public void Attach(Func<PlaneContext, Controller> make) => _loop.Post(() => _loop.Attach(make(_plane)));

    /// <summary>Has something done between two steps of the controllers.</summary>
    public void Post(Action work) => _loop.Post(work);

    public void Change(DataPlaneSettings settings)
    {
        _plane.Settings = settings;
        _plane.Clock.Speed = settings.Speed;
        // The loop sleeps for as long as the clock's old speed made it.
        _loop.Post(static () => { });
    }

    public Task SettleAsync() => _loop.SettleAsync();

    public Task AdvanceAsync(TimeSpan by) => _loop.AdvanceAsync(by);

    public void AddNode(NodeShape shape)
    {
        ApiResource kind = _cluster.BuiltIn(string.Empty, "nodes");
        JsonObject node = NodeObject.Of(shape, _cluster.Version, Interlocked.Increment(ref _lastNode), _plane.Now);
        node["apiVersion"] = kind.ApiVersion;
        node["kind"] = kind.Kind;
        // One of this name is refused below, and the one that is there stays as it is.
        if (_cluster.Store.Find(kind.Collection, shape.Name) is null) _nodes.Expect(shape.Name, Durations.After(_plane.Now, shape.ReadyAfter ?? _plane.Settings.NodeReadyAfter));
        _cluster.Writes.Create(kind, string.Empty, node, new WriteOptions { Manager = "kubelet", Seeding = true });
    }

    public bool RemoveNode(string name)
    {
        NodeTerminated?.Invoke(name);
        ApiResource kind = _cluster.BuiltIn(string.Empty, "nodes");
        if (_cluster.Store.Find(kind.Collection, name) is not { } found) return false;
        _cluster.Deletions.DeleteIfThere(kind, string.Empty, name, null, found.Uid);
        return true;
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();
}
