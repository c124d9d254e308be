using System.Globalization;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Changing;

/// <summary>
/// Changes how a pool is made, or the version of its nodes. What would end nodes that run something, or let a suspended pool
/// grow back, is refused before anything is asked for.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="keeper">Who keeps the pool.</param>
/// <param name="pool">The pool, as it is now.</param>
/// <param name="host">Told of decisions.</param>
public sealed class NodepoolUpdater(ClusterConnection cluster, INodepoolKeeper keeper, Nodepool pool, INodepoolHost host)
{
    // What we write on pools and nodes ourselves begins so.
    private const string OurPrefix = "konupgrade.dev/";

    /// <summary>The change as it can be asked for: taints that are named by their key alone are those that the pool has. Nothing is written.</summary>
    /// <param name="change">What was asked for.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">NodepoolChangeEmpty, NodepoolLabelReserved, NodepoolIsSuspended, NodepoolSizeInvalid, NodepoolSizeBelowNodes; or the cluster can't be asked.</exception>
    public async Task<NodepoolConfiguration> CompleteAsync(NodepoolConfiguration change, CancellationToken cancellationToken)
    {
        change = change with { RemoveTaint = Taints(change.RemoveTaint), RemoveLabel = Labels(change.RemoveLabel) };
        if (IsEmpty(change))
            throw Refused("NodepoolChangeEmpty", FailureKind.InvalidArgument, $"Nothing is to be changed at the pool {pool.Name}.", "Say what: -MaxSize, -Label, -Taint and so on. What it is not to have and has not is no change.");
        var reserved = (change.Label?.Keys ?? []).Concat(change.RemoveLabel ?? []).Concat((change.Taint ?? []).Concat(change.RemoveTaint ?? []).Select(taint => taint.Key))
            .FirstOrDefault(key => key.StartsWith(OurPrefix, StringComparison.Ordinal));
        if (reserved is not null)
            throw Refused("NodepoolLabelReserved", FailureKind.Refused, $"'{reserved}' says what Suspend-Nodepool changed, and is not changed by hand.", $"Resume-Nodepool {pool.Name} puts back what it stands for, and takes it away.");
        RequireNotHeld(change);
        RequireSizes(change);
        await RequireRoomAsync(change, cancellationToken).ConfigureAwait(false);
        return change;
    }

    /// <summary>The version as it can be asked for: where a version of a launch template is named alone, it is one of the pool's own. Nothing is written.</summary>
    /// <exception cref="UpgradeException">LaunchTemplateNotGiven.</exception>
    public NodepoolVersion Complete(NodepoolVersion version)
    {
        if (version.LaunchTemplateVersion is not { } template || version.LaunchTemplateId is not null || version.LaunchTemplateName is not null)
            return version;
        if (pool.Shape is not { HasTemplate: true } shape)
            throw Refused("LaunchTemplateNotGiven", FailureKind.InvalidArgument, $"Version {template} of a launch template was asked for, and the pool {pool.Name} has no launch template.", "A pool that was made without one never gets one: make a new pool with New-Nodepool -Like.");
        return version with { LaunchTemplateId = shape.LaunchTemplateId, LaunchTemplateName = shape.LaunchTemplateId is null ? shape.LaunchTemplateName : null };
    }

    /// <summary>Begins a change that was completed.</summary>
    /// <returns>The id of the update, to wait for.</returns>
    /// <exception cref="UpgradeException">What the provider says.</exception>
    public Task<string> RunAsync(NodepoolConfiguration change, CancellationToken cancellationToken) => keeper.ConfigureAsync(pool, change, cancellationToken);

    /// <summary>Begins to replace the nodes by ones of another version.</summary>
    /// <returns>The id of the update, to wait for.</returns>
    /// <exception cref="UpgradeException">What the provider says.</exception>
    public Task<string> RunAsync(NodepoolVersion version, CancellationToken cancellationToken) => keeper.UpdateVersionAsync(pool, version, cancellationToken);

    private static bool IsEmpty(NodepoolConfiguration change) =>
        change is
        {
            MinSize: null, MaxSize: null, DesiredSize: null, MaxUnavailable: null, MaxUnavailablePercentage: null, UpdateStrategy: null, NodeRepair: null,
            Label: null or { Count: 0 }, RemoveLabel: null or { Count: 0 }, Taint: null or { Count: 0 }, RemoveTaint: null or { Count: 0 },
        };

    private IReadOnlyList<string>? Labels(IReadOnlyList<string>? keys)
    {
        if (keys is null || pool.Shape?.Label is not { } has)
            return keys;
        foreach (var key in keys.Where(key => !has.ContainsKey(key)))
            host.Verbose($"The nodes of {pool.Name} have no label {key} of the pool.");
        return [.. keys.Where(key => has.ContainsKey(key) || key.StartsWith(OurPrefix, StringComparison.Ordinal))];
    }

    // The service knows a taint by key and effect; without an effect all of its key are meant.
    private IReadOnlyList<NodepoolTaint>? Taints(IReadOnlyList<NodepoolTaint>? taints)
    {
        if (taints is null || pool.Shape?.Taint is not { } has)
            return taints;
        var found = has.Where(own => taints.Any(taint => taint.Key == own.Key && (taint.Effect.Length == 0 || taint.Effect == own.Effect))).ToList();
        foreach (var taint in taints.Where(taint => !found.Exists(own => own.Key == taint.Key)))
            host.Verbose($"The pool {pool.Name} has no taint {taint.Key}.");
        return found;
    }

    private void RequireNotHeld(NodepoolConfiguration change)
    {
        // Its shape tells the most nodes that it could have before it was suspended.
        var isHeld = pool.State == NodepoolState.Suspended || pool.Shape?.MaxSize > pool.MaxSize;
        if (isHeld && (change.MaxSize is not null || change.DesiredSize > (pool.DesiredSize ?? pool.NodeCount)))
        {
            throw Refused(
                "NodepoolIsSuspended", FailureKind.Refused, $"The pool {pool.Name} is suspended, and kept from growing back: its most nodes are not changed, nor does it get more.",
                $"Give it back with Resume-Nodepool {pool.Name} first. Making it smaller, as -MinSize 0 -DesiredSize 0 does, is allowed.");
        }
    }

    private void RequireSizes(NodepoolConfiguration change)
    {
        if (change is { MinSize: null, MaxSize: null, DesiredSize: null })
            return;
        var (min, max, desired) = (change.MinSize ?? pool.MinSize, change.MaxSize ?? pool.MaxSize, change.DesiredSize ?? pool.DesiredSize);
        var wrong = min > max ? Text($"the fewest nodes ({min}) are more than the most ({max})")
            : desired < min ? Text($"it is to have {desired} nodes and has at least {min}")
            : desired > max ? Text($"it is to have {desired} nodes and has at most {max}")
            : null;
        if (wrong is not null)
            throw Refused("NodepoolSizeInvalid", FailureKind.InvalidArgument, $"The sizes of the pool {pool.Name} would not fit together: {wrong}.", "Give -MinSize, -MaxSize and -DesiredSize that do; what is not given stays as it is.");
    }

    // The provider chooses which nodes end, and asks no budget. Where all of them are cordoned and nothing of them has to go,
    // any choice is right.
    private async Task RequireRoomAsync(NodepoolConfiguration change, CancellationToken cancellationToken)
    {
        var asked = new[] { change.DesiredSize, change.MaxSize }.Min() ?? int.MaxValue;
        if (asked >= pool.NodeCount)
            return;
        var running = 0;
        if (pool.CordonedCount == pool.NodeCount)
        {
            var look = new DrainOptions { Force = true, DeleteEmptyDirData = true, DisableEviction = true, AllowLastPool = true };
            var plan = await new NodepoolDrainer(cluster, keeper, pool, look, host).PrepareAsync(cancellationToken).ConfigureAwait(false);
            running = plan.Pods.Count(pod => pod.Action != DrainAction.Leave);
            if (running == 0)
                return;
        }
        throw Refused(
            "NodepoolSizeBelowNodes", FailureKind.Refused,
            Text($"The pool {pool.Name} has {pool.NodeCount} nodes, and {asked} would be left: {keeper.Name} chooses itself which of them end, and asks no budget.{(running > 0 ? $" {running} pods still run on them." : "")}"),
            $"Suspend the nodes that go first: Suspend-Nodepool {pool.Name} drains all of them, and then any of them may end. To keep some at work, make a smaller pool with New-Nodepool -Like {pool.Name}, suspend this one and remove it; or let the cluster's autoscaler take what is idle.");
    }

    private UpgradeException Refused(string id, FailureKind kind, string message, string recommendation) => new(new Failure
    {
        Id = id,
        Kind = kind,
        Message = message,
        Recommendation = recommendation,
        Target = pool.Name,
    });

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
