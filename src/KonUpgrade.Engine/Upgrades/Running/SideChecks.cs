using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>
/// That each cluster is the plan's, found out before the first step that changes it: not every one answers when an upgrade
/// is begun, or has to when it is taken back.
/// </summary>
internal sealed class SideChecks(UpgradeSession session, UpgradePlan plan, bool isUndo) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly HashSet<UpgradeSide> _known = [];
    private readonly Dictionary<UpgradeSide, UpgradeException> _failed = [];

    /// <summary>What is found out once both clusters answer, before the first change; null for nothing.</summary>
    public Func<CancellationToken, Task>? Deferred { get; set; }

    /// <summary>Finds out.</summary>
    /// <exception cref="UpgradeException">OtherCluster, IdentityUnknown; or it can't be reached.</exception>
    public async Task NeedAsync(UpgradeSide side, CancellationToken cancellationToken)
    {
        if (side == UpgradeSide.None)
            return;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_known.Contains(side))
                return;
            // On the way back nobody waits for a cluster again and again.
            if (isUndo && _failed.TryGetValue(side, out var failed))
                throw new UpgradeException(failed.Failure, failed);
            try
            {
                await (side == UpgradeSide.Blue
                    ? NeedAsync(session.Blue, plan.Blue, "blue", cancellationToken)
                    : NeedAsync(session.Of(side), plan.Green!, "green", cancellationToken)).ConfigureAwait(false);
                _known.Add(side);
            }
            catch (UpgradeException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _failed[side] = e;
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Finds out of every cluster that the plan has.</summary>
    /// <inheritdoc cref="NeedAsync(UpgradeSide, CancellationToken)"/>
    public async Task NeedAllAsync(CancellationToken cancellationToken)
    {
        await NeedAsync(UpgradeSide.Blue, cancellationToken).ConfigureAwait(false);
        if (plan.Green is not null)
            await NeedAsync(UpgradeSide.Green, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A context's name may lead to another cluster by now than when the plan was made.</summary>
    /// <exception cref="UpgradeException">OtherCluster, IdentityUnknown; or it can't be reached.</exception>
    public static async Task NeedAsync(Connections.ClusterConnection cluster, UpgradeCluster planned, string side, CancellationToken cancellationToken)
    {
        var uid = (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Require(cluster.Context.Name);
        if (uid == planned.ClusterUid)
            return;
        throw new UpgradeException(new Failure
        {
            Id = "OtherCluster",
            Kind = FailureKind.Refused,
            Message = $"{cluster.Context.Name} is another cluster than the plan's {side}: its kube-system namespace has the UID {uid}, the plan's {planned.ClusterUid}. Nothing was changed.",
            Recommendation = "Name the kubeconfig in which the contexts of the plan lead to its clusters.",
            Target = cluster.Context.Name,
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    /// <summary>Finds out what a step needs before it is done.</summary>
    public async Task BeforeAsync(UpgradeStep step, CancellationToken cancellationToken)
    {
        switch (step.Kind)
        {
            case StepKind.WaitForCluster:
                return;
            case StepKind.ExportConfig or StepKind.External or StepKind.TestHealth or StepKind.Soak:
                await NeedAsync(step.Target, cancellationToken).ConfigureAwait(false);
                return;
            default:
                await NeedAllAsync(cancellationToken).ConfigureAwait(false);
                break;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Deferred is { } deferred)
                await deferred(cancellationToken).ConfigureAwait(false);
            Deferred = null;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>The work of a kind of step, done only on clusters that are the plan's.</summary>
internal sealed class CheckedWork(IStepWork work, SideChecks checks) : IStepWork
{
    /// <inheritdoc/>
    public string Kind => work.Kind;

    /// <inheritdoc/>
    public bool HasRest => work.HasRest;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        await checks.BeforeAsync(run.Step, cancellationToken).ConfigureAwait(false);
        var result = await work.RunAsync(run, cancellationToken).ConfigureAwait(false);
        // What was waited for must be what is meant.
        if (Kind == StepKind.WaitForCluster && result.Failure is null)
            await checks.NeedAsync(run.Step.Target, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <inheritdoc/>
    public Task<bool> IsThereAsync(StepRun run, CancellationToken cancellationToken) => work.IsThereAsync(run, cancellationToken);

    /// <inheritdoc/>
    public bool Keeps => work.Keeps;

    /// <inheritdoc/>
    public bool LetsGo(StepRun run) => work.LetsGo(run);

    /// <inheritdoc/>
    public async Task<string?> KeepAsync(StepRun run, CancellationToken cancellationToken)
    {
        await checks.BeforeAsync(run.Step, cancellationToken).ConfigureAwait(false);
        return await work.KeepAsync(run, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public string? ToHeed(StepRun run) => work.ToHeed(run);

    /// <inheritdoc/>
    public UndoneWorkloads Undoes(UpgradeStep step) => work.Undoes(step);

    /// <inheritdoc/>
    public async Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken)
    {
        await checks.NeedAsync(Undoes(run.Step).Side, cancellationToken).ConfigureAwait(false);
        return await work.UndoAsync(run, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<StepResult> UndoRestAsync(StepRun run, CancellationToken cancellationToken)
    {
        await checks.NeedAsync(Undoes(run.Step).Side, cancellationToken).ConfigureAwait(false);
        return await work.UndoRestAsync(run, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LeftByUndo(UpgradeStep step, bool removeImported) => work.LeftByUndo(step, removeImported);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken) => work.RightsAsync(run, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NeededRight>> UndoRightsAsync(StepRun run, CancellationToken cancellationToken) => work.UndoRightsAsync(run, cancellationToken);

    /// <inheritdoc/>
    public Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) => work.PreviewAsync(run, cancellationToken);
}
