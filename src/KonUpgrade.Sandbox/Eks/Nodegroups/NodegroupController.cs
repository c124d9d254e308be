using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.Eks.Nodegroups;

/// <summary>Leads the node groups of a cluster through their lives, on the cluster's clock and in its data plane's loop.</summary>
internal sealed class NodegroupController : Controller
{
    // How often what is wrong with a group's health is looked at.
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(15);

    private readonly EksCluster _eks;
    private readonly SimulatedDataPlane _nodes;

    public NodegroupController(PlaneContext plane, EksCluster eks, SimulatedDataPlane nodes)
        : base(plane)
    {
        _eks = eks;
        _nodes = nodes;
        plane.Caches.Nodes.Changed += (before, after) => LookAtGroupOf((after ?? before)!.Name);
        plane.Caches.Pods.Changed += (before, after) =>
        {
            PodView pod = (after ?? before)!;
            // Only the end of a Pod can be what a drain waits for.
            if (pod.NodeName.Length > 0 && (after is null || after.Finished)) LookAtGroupOf(pod.NodeName);
        };
    }

    /// <summary>Looks at a node group soon. Within the loop.</summary>
    public void Look(string nodegroup) => Enqueue(nodegroup);

    public override void EnqueueAll()
    {
        lock (_eks.Region.Gate)
        {
            foreach (Nodegroup group in _eks.Nodegroups) Enqueue(group.Name);
        }
    }

    protected override void Reconcile(string key)
    {
        lock (_eks.Region.Gate)
        {
            if (_eks.Find(key) is not { } group) return;
            var fleet = new Fleet(Plane, _nodes, group, due => EnqueueAt(key, due));
            switch (group.Status)
            {
                case NodegroupStatus.Creating:
                    Create(group, fleet);
                    break;
                case NodegroupStatus.Deleting:
                    Delete(group, fleet);
                    break;
                case NodegroupStatus.CreateFailed:
                case NodegroupStatus.DeleteFailed:
                    fleet.SeeOff();
                    break;
                default:
                    Run(group, fleet);
                    break;
            }
        }
    }

    private void LookAtGroupOf(string node)
    {
        if (_eks.GroupOf(node) is { } group) Enqueue(group);
    }

    private void Create(Nodegroup group, Fleet fleet)
    {
        // Whatever else is wrong, it shows when the first machines are to come.
        if (group.CreatedAt + _eks.Region.Settings.LaunchAfter <= Plane.Now && Unhealthy(group) is { } trouble)
        {
            Fail(group, NodegroupStatus.CreateFailed, trouble.Code, trouble.Words);
            return;
        }
        fleet.Keep();
        if (fleet.Failure is { } failure)
        {
            Fail(group, NodegroupStatus.CreateFailed, failure.Code, failure.Words);
            return;
        }
        DateTimeOffset ready = group.CreatedAt + _eks.Region.Settings.LaunchAfter, deadline = ready + _eks.Region.Settings.JoinTimeout;
        if (fleet.IsWhole && ready <= Plane.Now) Set(group, NodegroupStatus.Active);
        else if (deadline <= Plane.Now) Fail(group, NodegroupStatus.CreateFailed, "NodeCreationFailure", "Instances failed to join the kubernetes cluster", [.. group.Staying.Where(instance => !fleet.IsReady(instance)).Select(instance => instance.Id)]);
        else EnqueueAt(group.Name, ready > Plane.Now ? ready : deadline);
    }

    private void Run(Nodegroup group, Fleet fleet)
    {
        bool updating = group.Status == NodegroupStatus.Updating;
        foreach (NodeChange change in group.NodeChanges)
        {
            foreach (Instance instance in group.Instances) change.Apply(Plane, instance.NodeName);
        }
        group.NodeChanges.Clear();
        if (group.VersionUpdate is { } version)
        {
            version.Step(Plane, fleet, due => EnqueueAt(group.Name, due));
        }
        else
        {
            fleet.Keep();
            fleet.SeeOff();
        }
        if (updating && group.ConfiguredAt is { } configured)
        {
            if (configured > Plane.Now)
            {
                EnqueueAt(group.Name, configured);
            }
            else
            {
                group.ConfiguredAt = null;
                group.Running?.Succeed();
            }
        }
        Judge(group, fleet);
    }

    // What the group's health comes to; while an update runs, its state is UPDATING all the same.
    private void Judge(Nodegroup group, Fleet fleet)
    {
        DateTimeOffset joinedBy = Plane.Now - _eks.Region.Settings.JoinTimeout;
        Instance[] strangers = [.. group.Staying.Where(instance => !instance.Joins)];
        string[] late = [.. strangers.Where(instance => instance.Launched <= joinedBy).Select(instance => instance.Id)];
        if (Unhealthy(group) is { } trouble)
        {
            group.SetIssue(trouble.Code, trouble.Words, group.AutoScalingGroup);
            EnqueueAt(group.Name, Plane.Now + HealthInterval);
        }
        else if (fleet.Failure is { } failure)
        {
            group.SetIssue(failure.Code, failure.Words, group.AutoScalingGroup);
        }
        else if (late.Length > 0)
        {
            group.SetIssue("NodeCreationFailure", "Instances failed to join the kubernetes cluster", late);
        }
        else if (group.Staying.Count() >= group.Capacity)
        {
            // Not before a failed start was made good.
            group.Issues.Clear();
        }
        foreach (Instance stranger in strangers.Where(instance => instance.Launched > joinedBy)) EnqueueAt(group.Name, stranger.Launched + _eks.Region.Settings.JoinTimeout);
        if (group.Running is null) Set(group, group.Issues.Count > 0 ? NodegroupStatus.Degraded : NodegroupStatus.Active);
    }

    private void Delete(Nodegroup group, Fleet fleet)
    {
        fleet.Keep();
        fleet.SeeOff();
        if (group.Instances.Count > 0) return;
        group.GoneAt ??= Plane.Now + _eks.Region.Settings.DeleteAfter;
        if (group.GoneAt > Plane.Now)
        {
            EnqueueAt(group.Name, group.GoneAt.Value);
            return;
        }
        group.GoneAt = null;
        if (_eks.Region.Troubles.Strike(TroubleKind.Delete, _eks.Name, group.Name) is { } trouble) Fail(group, NodegroupStatus.DeleteFailed, trouble.Code, trouble.Words);
        else _eks.Remove(group);
    }

    private EksTrouble? Unhealthy(Nodegroup group) => _eks.Region.Troubles.Find(TroubleKind.Health, _eks.Name, group.Name);

    private void Fail(Nodegroup group, string status, string code, string message, string[]? resourceIds = null)
    {
        group.SetIssue(code, message, resourceIds ?? [group.AutoScalingGroup]);
        Set(group, status);
    }

    private void Set(Nodegroup group, string status)
    {
        if (group.Status == status) return;
        group.Status = status;
        group.ModifiedAt = Plane.Now;
    }
}
