using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Scheduling;

namespace KonUpgrade.Sandbox.DataPlane.Caches;

/// <summary>Everything that the data plane follows. For the loop alone.</summary>
internal sealed class PlaneCaches
{
    private readonly int _byNode;
    private readonly int _apart;
    private readonly Dictionary<string, Amounts> _used = new(StringComparer.Ordinal);

    public PlaneCaches(SimulatedCluster cluster)
    {
        ObjectCache<ItemView> Items(string group, string plural) => new(cluster.BuiltIn(group, plural), static (stored, item) => new ItemView(stored, item));
        Pods = new(cluster.BuiltIn(string.Empty, "pods"), static (stored, item) => new PodView(stored, item));
        Nodes = new(cluster.BuiltIn(string.Empty, "nodes"), static (stored, item) => new NodeView(stored, item));
        Deployments = Items("apps", "deployments");
        ReplicaSets = Items("apps", "replicasets");
        StatefulSets = Items("apps", "statefulsets");
        DaemonSets = Items("apps", "daemonsets");
        Revisions = Items("apps", "controllerrevisions");
        Jobs = Items("batch", "jobs");
        CronJobs = Items("batch", "cronjobs");
        Services = Items(string.Empty, "services");
        EndpointSlices = Items("discovery.k8s.io", "endpointslices");
        Budgets = Items("policy", "poddisruptionbudgets");
        Claims = Items(string.Empty, "persistentvolumeclaims");
        Volumes = Items(string.Empty, "persistentvolumes");
        _byNode = Pods.AddIndex(pod => pod.NodeName.Length == 0 ? null : pod.NodeName);
        _apart = Pods.AddIndex(pod => pod.Needs.Apart.Count == 0 ? null : string.Empty);
        Pods.Changed += CountUse;
        All = [Pods, Nodes, Deployments, ReplicaSets, StatefulSets, DaemonSets, Revisions, Jobs, CronJobs, Services, EndpointSlices, Budgets, Claims, Volumes];
    }

    public IReadOnlyList<IObjectCache> All { get; }

    public ObjectCache<PodView> Pods { get; }

    public ObjectCache<NodeView> Nodes { get; }

    public ObjectCache<ItemView> Deployments { get; }

    public ObjectCache<ItemView> ReplicaSets { get; }

    public ObjectCache<ItemView> StatefulSets { get; }

    public ObjectCache<ItemView> DaemonSets { get; }

    /// <summary>The templates that StatefulSets and DaemonSets had.</summary>
    public ObjectCache<ItemView> Revisions { get; }

    public ObjectCache<ItemView> Jobs { get; }

    public ObjectCache<ItemView> CronJobs { get; }

    public ObjectCache<ItemView> Services { get; }

    public ObjectCache<ItemView> EndpointSlices { get; }

    public ObjectCache<ItemView> Budgets { get; }

    public ObjectCache<ItemView> Claims { get; }

    public ObjectCache<ItemView> Volumes { get; }

    public IReadOnlyCollection<PodView> PodsOn(string node) => Pods.Of(_byNode, node);

    /// <summary>The Pods that want to be apart from others.</summary>
    public IReadOnlyCollection<PodView> PodsApart => Pods.Of(_apart, string.Empty);

    /// <summary>What the Pods of a node have asked for and hold.</summary>
    public Amounts UsedOn(string node) => _used.GetValueOrDefault(node);

    /// <summary>Counts what was there before the first change.</summary>
    public void CountAll()
    {
        foreach (PodView pod in Pods.All) CountUse(null, pod);
    }

    private void CountUse(PodView? before, PodView? after)
    {
        if (before is { NodeName.Length: > 0, Finished: false }) _used[before.NodeName] = UsedOn(before.NodeName) - before.Needs.Requests;
        if (after is { NodeName.Length: > 0, Finished: false }) _used[after.NodeName] = UsedOn(after.NodeName) + after.Needs.Requests;
    }
}
