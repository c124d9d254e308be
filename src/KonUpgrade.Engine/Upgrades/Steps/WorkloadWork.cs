using System.Globalization;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Holds the workloads of a cluster, or gives back what this upgrade holds; the one is the other's undo.</summary>
internal sealed class WorkloadWork(bool releases) : IStepWork
{
    private const int Shown = 10;

    /// <inheritdoc/>
    public string Kind => releases ? StepKind.ReleaseWorkload : StepKind.QuiesceWorkload;

    /// <inheritdoc/>
    public Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken) => ChangeAsync(run, releases, trial: false, cancellationToken);

    /// <inheritdoc/>
    public async Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken)
    {
        var options = Options(run, await SystemAsync(run, cancellationToken).ConfigureAwait(false), !releases, isUndo: true);
        using var list = StepLists.Workloads.Begin(run);
        var result = await WorkloadUndo.RunAsync(run, run.Target, options, cancellationToken, change => list.Add(WorkloadOutcome.Of(change))).ConfigureAwait(false);
        return result with { Output = list.End() };
    }

    /// <inheritdoc/>
    public UndoneWorkloads Undoes(UpgradeStep step) => new(step.Target, Enum.Parse<WorkloadClass>(StepKind.ValueOf(step, "class")!), Resumes: !releases);

    /// <inheritdoc/>
    public Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) => ChangeAsync(run, releases, trial: true, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken)
    {
        var classes = run.Choice<WorkloadClass>("class");
        var change = await StepRights.ToHoldAsync(run, run.Step.Target, classes, cancellationToken).ConfigureAwait(false);
        return releases || !Waits(run) ? change : [.. change, .. await StepRights.ToWaitAsync(run, run.Step.Target, classes, cancellationToken).ConfigureAwait(false)];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<NeededRight>> UndoRightsAsync(StepRun run, CancellationToken cancellationToken) =>
        StepRights.ToHoldAsync(run, run.Step.Target, run.Choice<WorkloadClass>("class"), cancellationToken);

    private static async Task<StepResult> ChangeAsync(StepRun run, bool resume, bool trial, CancellationToken cancellationToken)
    {
        var system = await SystemAsync(run, cancellationToken).ConfigureAwait(false);
        WorkloadChanger Changer() => new(run.Target, Options(run, system, resume, isUndo: false), run.Reporter);
        var changer = Changer();
        var summary = await changer.PrepareAsync(cancellationToken).ConfigureAwait(false);
        if (changer.Failures.Count > 0)
            throw new UpgradeException(changer.Failures[0]);
        if (trial)
        {
            if (resume && run.Step.Target == UpgradeSide.Green)
                return Released(run, summary.ChangeCount, summary.UnchangedCount);
            var trialed = Trial(summary.ChangeCount, resume, summary.UnchangedCount);
            return resume ? trialed : trialed with { Text = trialed.Text + await BegunAsync(run, changer, cancellationToken).ConfigureAwait(false) };
        }

        using var list = StepLists.Workloads.Begin(run);
        var applied = await AppliedChanges.OfAsync(changer, change => list.Add(WorkloadOutcome.Of(change)), cancellationToken).ConfigureAwait(false);
        var output = list.End();
        foreach (var name in applied.Left.Take(applied.First is null ? Shown : 0))
            run.Reporter.Verbose($"{run.Target.Context.Name}: left as it is: {name}");
        var result = resume || !Waits(run) || applied.First is not null
            ? Judge(run, applied, resume)
            : await new QuietWait(run, Changer).RunAsync(changer, applied, cancellationToken).ConfigureAwait(false);
        return result with { Output = StepLists.Join(result.Output, output) };
    }

    private static StepResult Judge(StepRun run, AppliedChanges applied, bool resume)
    {
        var (counts, left) = (applied.Counts, applied.Left);
        if (applied.First is { } first)
            return new StepResult(counts.ToString()) { Failure = WorkloadUndo.Incomplete(run.Target.Context.Name, counts, first, "Mend the cause and resume.") };
        // What is not released does not serve: nobody goes on from there without knowing.
        if (!resume || left.Count == 0)
            return new StepResult(counts.ToString());
        var text = $"{counts}; not released: {string.Join("; ", left.Take(Shown))}{(left.Count > Shown ? "; …" : "")}";
        var point = StepResult.PointOf("held", left);
        return run.IsApproved(point) ? new StepResult($"{text} (approved)") : new StepResult(text) { ApprovalPoint = point };
    }

    private static bool Waits(StepRun run) => run.Value("wait") == "true";

    private static async Task<string> BegunAsync(StepRun run, WorkloadChanger changer, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunningPart> begun;
        try
        {
            begun = (await QuietWait.WorkOf(run, changer).FindAsync(jobsOnly: true, _ => false, cancellationToken).ConfigureAwait(false)).Parts;
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403 && !Waits(run))
        {
            // A step that does not wait does without that right.
            run.Reporter.Verbose($"{run.Target.Context.Name}: what has been begun can't be seen: {e.Failure.Message}");
            return "";
        }

        var one = begun.Count == 1;
        var what = begun.All(part => part.Kind == "Job") ? (one ? "Job" : "Jobs") : (one ? begun[0].Kind : "Jobs and other things");
        return begun.Count == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"; {begun.Count} {what} {(one ? "is" : "are")} running that {(one ? "was" : "were")} begun by then, and would {(Waits(run) ? $"be waited for, at most {run.Duration("timeout")}" : "not be waited for")}: {ImportUndo.Names([.. begun.Select(part => part.ToString())], ", ")}");
    }

    // With the namespaces of the cluster at which the step is.
    private static Task<SystemDescription> SystemAsync(StepRun run, CancellationToken cancellationToken) =>
        FoundNamespaces.FindAsync(run.Target.Client, run.Session.System.Description, cancellationToken);

    private static WorkloadOptions Options(StepRun run, SystemDescription system, bool resume, bool isUndo)
    {
        var options = new WorkloadOptions
        {
            Resume = resume,
            Upgrade = run.Mark,
            // What is held again is what this upgrade brought; what else runs there is others'.
            OnlyMade = isUndo && !resume,
            Means = HoldRules.Own(system),
            Classes = run.Choice<WorkloadClass>("class"),
            Selection = run.Plan.Selection,
            IsSensitive = (group, kind) => SecretKinds.Contains(system, group, kind),
            IsProtected = name => HoldRules.IsProtected(system, name),
        };
        return run.Session.ThrottleLimit is { } limit ? options with { ThrottleLimit = limit } : options;
    }

    private static StepResult Trial(long count, bool resume, long unchanged) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{count} to be {(resume ? "resumed" : "suspended")}, {unchanged} unchanged"));

    // What is released is what is held now and what the steps before bring held, less what they release by then.
    private static StepResult Released(StepRun run, long held, long unchanged)
    {
        var before = run.Plan.Steps.TakeWhile(step => step.Id != run.Step.Id).Select(step => run.Other(step.Id)).Where(step => step.State != UpgradeStepState.Completed).ToList();
        var output = new Dictionary<string, string>(StringComparer.Ordinal);
        var (coming, staying) = (0L, 0L);
        foreach (var of in new[] { WorkloadClass.Scheduled, WorkloadClass.Serving }.Where(of => run.Choice<WorkloadClass>("class").HasFlag(of)))
        {
            var name = ConfigImport.HeldOutput(of);
            var count = Sum(name);
            coming += count;
            staying += Sum(ConfigImport.StaysOutput(of));
            output[name] = (-(count + held)).ToString(CultureInfo.InvariantCulture);
        }

        var result = Trial(Math.Max(0, held + coming), resume: true, unchanged);
        var late = before.LastOrDefault(step => step.Kind == StepKind.CatchUpConfig);
        return new StepResult($"{result.Text}{(coming > 0 ? $" (held by steps before it: {coming})" : "")}{(staying > 0 ? $"; {staying} that come stay held, since their data is not there or they act outside" : "")}{(late is null ? "" : $", beside what '{late.Id}' brings")}") { Output = output };

        long Sum(string name) => before.Sum(step => step.Output.TryGetValue(name, out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : 0);
    }
}
