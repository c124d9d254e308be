using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.Eks.Nodegroups;

/// <summary>
/// How EKS brings a node group to another version (user guide, "managed node update behavior"): it sets up, scales up by
/// twice the zones or maxUnavailable, takes the old nodes out of use, then drains and terminates them maxUnavailable at a
/// time, and scales down again. The strategy MINIMAL scales nothing up: old machines go first.
/// </summary>
internal sealed class VersionUpdate(Nodegroup group, EksUpdate update, string version, Make make, bool force)
{
    private Phase _phase = Phase.SetUp;

    // When the machines that were asked for last must be Ready nodes.
    private DateTimeOffset _launchedBy;

    // The next step can be taken at once.
    private bool _moved;

    private enum Phase
    {
        SetUp,
        ScaleUp,
        Upgrade,
        ScaleDown,
    }

    private EksSettings Settings => group.Cluster.Region.Settings;

    private Instance[] Old => [.. group.Instances.Where(instance => instance.Make != make)];

    private int AtOnce => group.UpdateConfig.Of(group.DesiredSize);

    /// <summary>One step, in the data plane's loop and under the region's gate.</summary>
    public void Step(PlaneContext plane, Fleet fleet, Action<DateTimeOffset> wakeAt)
    {
        switch (_phase)
        {
            case Phase.SetUp:
                fleet.Keep();
                DateTimeOffset begins = update.CreatedAt + Settings.ConfigureAfter;
                if (begins > plane.Now) wakeAt(begins);
                else SetUp(plane);
                break;
            case Phase.ScaleUp:
                fleet.Keep();
                ScaleUp(plane, fleet, wakeAt);
                break;
            case Phase.Upgrade:
                Upgrade(plane, fleet, wakeAt);
                break;
            default:
                ScaleDown(plane, fleet);
                break;
        }
        fleet.SeeOff();
        if (!_moved || !update.IsRunning) return;
        _moved = false;
        Step(plane, fleet, wakeAt);
    }

    private void Enter(Phase phase)
    {
        _phase = phase;
        _moved = true;
    }

    private void SetUp(PlaneContext plane)
    {
        group.Make = make;
        if (Old.Length == 0)
        {
            Enter(Phase.ScaleDown);
            return;
        }
        _launchedBy = plane.Now + Settings.LaunchAfter + Settings.JoinTimeout;
        if (group.UpdateConfig.IsMinimal)
        {
            Enter(Phase.Upgrade);
            return;
        }
        int zones = group.Subnets.Select(subnet => subnet.Zone).Distinct().Count();
        group.Surge = Math.Max(2 * zones, AtOnce);
        Enter(Phase.ScaleUp);
    }

    // Of the new machines at least one in each zone must be a Ready node.
    private void ScaleUp(PlaneContext plane, Fleet fleet, Action<DateTimeOffset> wakeAt)
    {
        Instance[] fresh = [.. group.Staying.Where(instance => instance.Make == make)];
        if (fleet.Failure is { } failure)
        {
            Fail(fleet, "NodeCreationFailure", $"Couldn't proceed with upgrade process as new nodes are not joining node group {group.Name}: {failure.Words}", [group.AutoScalingGroup]);
            return;
        }
        bool covered = group.Counted >= group.Capacity && group.Subnets.All(subnet => fresh.Any(instance => instance.Subnet == subnet && fleet.IsReady(instance)));
        if (covered)
        {
            foreach (Instance old in Old) fleet.Shun(old);
            Enter(Phase.Upgrade);
        }
        else if (_launchedBy <= plane.Now)
        {
            FailToJoin(fleet);
        }
        else
        {
            wakeAt(_launchedBy);
        }
    }

    private void Upgrade(PlaneContext plane, Fleet fleet, Action<DateTimeOffset> wakeAt)
    {
        foreach (Instance leaving in Old.Where(instance => instance.Departure is { Counted: true }))
        {
            Departure departure = leaving.Departure!;
            DateTimeOffset deadline = departure.Since + Settings.DrainTimeout;
            bool drained = departure.Drained is not null || fleet.Drain(leaving);
            if (drained)
            {
                departure.Drained ??= plane.Now;
                DateTimeOffset ends = departure.Drained.Value + Settings.WaitAfterDrain;
                if (ends <= plane.Now) Replace(plane, fleet, leaving);
                else wakeAt(ends);
            }
            else if (deadline > plane.Now)
            {
                wakeAt(deadline);
            }
            else if (force)
            {
                Replace(plane, fleet, leaving);
            }
            else
            {
                Fail(fleet, "PodEvictionFailure", $"Reached max retries while trying to evict pods from nodes in node group {group.Name}", [leaving.NodeName]);
                return;
            }
        }
        fleet.Keep();
        Instance[] old = Old;
        int busy = old.Count(instance => instance.Departure is not null);
        // What went first must have come again before more goes, where nothing was added beforehand.
        if (group.UpdateConfig.IsMinimal) busy += Math.Max(0, group.Capacity - group.Counted) + group.Staying.Count(instance => instance.Make == make && !fleet.IsReady(instance));
        Instance[] next = [.. old.Where(instance => instance.Departure is null).Take(AtOnce - busy)];
        foreach (Instance instance in next)
        {
            fleet.Dismiss(instance, counted: true);
            _moved = true;
        }
        if (old.Length == 0 && fleet.IsWhole) Enter(Phase.ScaleDown);
        else if (next.Length == 0 && old.All(instance => instance.Departure is null)) Await(plane, fleet, wakeAt);
    }

    private void Await(PlaneContext plane, Fleet fleet, Action<DateTimeOffset> wakeAt)
    {
        if (_launchedBy <= plane.Now) FailToJoin(fleet);
        else wakeAt(_launchedBy);
    }

    private void Replace(PlaneContext plane, Fleet fleet, Instance leaving)
    {
        fleet.Terminate(leaving);
        _launchedBy = plane.Now + Settings.LaunchAfter + Settings.JoinTimeout;
    }

    // One by one, each drained before it goes.
    private void ScaleDown(PlaneContext plane, Fleet fleet)
    {
        if (group.Instances.Any(instance => instance.Departure is not null))
        {
            fleet.Keep();
            return;
        }
        if (group.Surge > 0)
        {
            group.Surge--;
            fleet.Keep();
            _moved = true;
            return;
        }
        group.Version = version;
        group.ReleaseVersion = make.Release;
        group.LaunchTemplateVersion = make.TemplateVersion;
        group.ModifiedAt = plane.Now;
        group.VersionUpdate = null;
        update.Succeed();
    }

    private void FailToJoin(Fleet fleet)
        => Fail(fleet, "NodeCreationFailure", $"Couldn't proceed with upgrade process as new nodes are not joining node group {group.Name}",
            [.. group.Staying.Where(instance => instance.Make == make && !fleet.IsReady(instance)).Select(instance => instance.Id)]);

    // What is old comes into use again, what was added goes; what was replaced already stays as it is.
    private void Fail(Fleet fleet, string code, string message, IReadOnlyList<string> resourceIds)
    {
        update.Fail(code, message, resourceIds);
        group.Surge = 0;
        group.NextLaunch = null;
        group.VersionUpdate = null;
        foreach (Instance old in Old) fleet.Keep(old);
        // What was added, and none of the old, whatever the balance of the zones would say.
        Instance[] added = [.. group.Staying.Where(instance => instance.Make == make).OrderBy(fleet.IsReady)];
        foreach (Instance instance in added.Take(group.Counted - group.Capacity)) fleet.Dismiss(instance);
        group.Make = new Make(group.ReleaseVersion, group.LaunchTemplateVersion);
    }
}
