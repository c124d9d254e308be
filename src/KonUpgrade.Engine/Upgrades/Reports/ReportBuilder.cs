using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports;

/// <summary>Makes the report of an upgrade from its journal and the lists that its steps have left.</summary>
internal sealed class ReportBuilder
{
    private const int MostItems = 100;
    private const int MostFindings = 20;

    private readonly UpgradeProgress _progress;
    private readonly IJournalStore _store;
    private readonly IReadOnlyList<JournalRecord> _lines;
    private readonly string? _workPath;
    private readonly List<ReportLack> _lacks = [];

    private ReportBuilder(UpgradeProgress progress, IJournalStore store, IReadOnlyList<JournalRecord> lines, string? workPath)
    {
        (_progress, _store, _lines, _workPath) = (progress, store, lines, workPath);
    }

    /// <summary>Makes it. Another process may be running the upgrade.</summary>
    /// <param name="place">The journal.</param>
    /// <param name="workPath">Where the upgrade's files are, by its plan; null where only the journal's word counts.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">JournalNotFound, JournalEdited, NotAJournal, UnknownFormat, StepListUnreadable.</exception>
    public static async Task<UpgradeReport> MakeAsync(UpgradeJournal place, Func<UpgradePlan, string?> workPath, CancellationToken cancellationToken)
    {
        var (progress, store, lines) = await UpgradeRun.LookAsync(place, cancellationToken).ConfigureAwait(false);
        return await new ReportBuilder(progress, store, lines, workPath(progress.Plan)).BuildAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<UpgradeReport> BuildAsync(CancellationToken cancellationToken)
    {
        var upgrade = _progress.ToModel(_store);
        var history = new UpgradeHistory(_lines);
        var commands = new ReportCommands(upgrade.Name, _store);
        var moved = await MovedAsync(upgrade.Steps, cancellationToken).ConfigureAwait(false);
        var steps = new List<ReportStep>();
        var checks = new List<ReportChecks>();
        var differences = new List<ReportDifferences>();
        var left = new HashSet<LeftOnGreen>();
        foreach (var step in upgrade.Steps)
        {
            steps.Add(StepOf(step, history, await ListAsync(StepLists.Workloads, step, w => w.Action is WorkloadChangeAction.Skipped or WorkloadChangeAction.Failed, cancellationToken).ConfigureAwait(false)));
            if (await StepLists.Checks.FindAsync(step, _workPath, cancellationToken).ConfigureAwait(false) is { } found)
                checks.Add(ChecksOf(step, found));
            if (await DifferencesAsync(step, cancellationToken).ConfigureAwait(false) is { } differing)
                differences.Add(differing);
            if (await ListAsync(StepLists.Left, step, _ => true, cancellationToken, int.MaxValue).ConfigureAwait(false) is { } stayed)
                left.UnionWith(stayed.Items);
        }

        var back = BackOf(upgrade, commands, left);
        var kept = steps.Where(step => step is { State: UpgradeStepState.Undone, Workloads.Count: > 0 }).ToDictionary(step => step.Id, step => step.Workloads!.Count, StringComparer.Ordinal);
        var worked = TimeSpan.FromTicks(history.Runs.Sum(run => (run.To - run.From).Ticks));
        var leftOut = await LeftOutObjects.ReadAsync(upgrade.Steps, _workPath, cancellationToken).ConfigureAwait(false);
        return new UpgradeReport
        {
            Name = upgrade.Name,
            System = ReportText.Of(upgrade.System),
            Blue = ClusterOf(upgrade.Blue),
            Green = upgrade.Green is { } green ? ClusterOf(green) : null,
            TargetVersion = ReportText.Of(upgrade.TargetVersion),
            Outcome = new ReportOutcome
            {
                State = upgrade.State,
                Text = ReportWords.Outcome(upgrade, _progress.RemovesImported),
                Reason = ReportText.Of(upgrade.Reason),
                Failure = ReportText.Of(upgrade.Failure),
                Cause = ReportText.Of(upgrade.Cause),
                FailedBefore = ReportWords.IsBack(upgrade.State) && upgrade.Cause is null ? steps.Select(step => step.FailedBefore).FirstOrDefault(failure => failure is not null) : null,
            },
            StartedAt = upgrade.StartedAt,
            AsOf = upgrade.UpdatedAt,
            Worked = worked,
            Rested = upgrade.UpdatedAt - upgrade.StartedAt > worked ? upgrade.UpdatedAt - upgrade.StartedAt - worked : TimeSpan.Zero,
            Places = ReportPlaces.Of(upgrade.Steps, _progress.RemovesImported, upgrade.Way, kept),
            Next = ReportNext.Of(upgrade, commands, moved, checks, differences, kept.Values.Sum(), back),
            Steps = steps,
            Runs = history.Runs,
            Approvals = history.Approvals,
            Moved = moved,
            LeftOut = leftOut,
            Checks = checks,
            Differences = differences,
            Back = back,
            Source = new ReportSource(commands.JournalName, _lines.Count, [.. _lacks, .. moved?.Lacks ?? []]),
        };
    }

    private async Task<ReportMoved?> MovedAsync(IReadOnlyList<UpgradeStep> steps, CancellationToken cancellationToken)
    {
        var moved = new MovedObjects();
        foreach (var step in steps)
        {
            if (await StepLists.Objects.FindAsync(step, _workPath, cancellationToken).ConfigureAwait(false) is { } list)
                moved.Take(step, list);
        }

        return moved.Result();
    }

    private async Task<ReportList<T>?> ListAsync<T>(StepList<T> list, UpgradeStep step, Func<T, bool> counts, CancellationToken cancellationToken, int most = MostItems)
        where T : class
    {
        if (await list.FindAsync(step, _workPath, cancellationToken).ConfigureAwait(false) is not { } found)
            return null;
        if (found.Lack is { } lack)
        {
            _lacks.Add(new ReportLack(step.Id, found.Name, found.Path, lack));
            return null;
        }

        var (count, items) = (0L, new List<T>());
        foreach (var item in found.Read().Where(counts))
        {
            if (++count <= most)
                items.Add(item);
        }

        return new ReportList<T>(count, items, count > most ? [found.Path] : []);
    }

    private async Task<ReportDifferences?> DifferencesAsync(UpgradeStep step, CancellationToken cancellationToken)
    {
        var before = _lacks.Count;
        var objects = await ListAsync(StepLists.Differences, step, _ => true, cancellationToken).ConfigureAwait(false);
        if (objects is not null)
            objects = objects with { Items = [.. objects.Items.Select(d => d with { Kind = ReportText.Of(d.Kind), Namespace = ReportText.Of(d.Namespace), Name = ReportText.Of(d.Name), Fields = Fields(d.Fields) })] };
        var health = await ListAsync(StepLists.Health, step, _ => true, cancellationToken).ConfigureAwait(false);
        if (health is not null)
            health = health with { Items = [.. health.Items.OrderBy(d => !d.IsBlocking).Select(d => d with { Kind = ReportText.Of(d.Kind), Namespace = ReportText.Of(d.Namespace), Name = ReportText.Of(d.Name), Message = ReportText.Of(d.Message), Reason = ReportText.Of(d.Reason), BlueValue = ReportText.Of(d.BlueValue), GreenValue = ReportText.Of(d.GreenValue) })] };
        var lack = _lacks.Count > before ? string.Join("; ", _lacks.Skip(before).Select(l => $"{l.Path}: {l.Why}")) : null;
        return objects is null && health is null && lack is null ? null : new ReportDifferences(step.Id, ReportText.Of(step.Title), ReportText.Of(step.Result), objects, health, lack);
    }

    private ReportChecks ChecksOf(UpgradeStep step, FoundList<ReadinessCheck> found)
    {
        if (found.Lack is { } lack)
            _lacks.Add(new ReportLack(step.Id, found.Name, found.Path, lack));
        // The order of checks is their maker's; what blocks is read first.
        return new ReportChecks(step.Id, ReportText.Of(step.Title), [.. found.Read().OrderBy(check => Weight(check)).Select(Shown)], found.Path, found.Lack);
    }

    private static int Weight(ReadinessCheck check) => check switch
    {
        { IsBlocking: true } => 0,
        { Status: ReadinessStatus.Unknown } => 1,
        { Status: ReadinessStatus.Warning } => 2,
        { Status: ReadinessStatus.Passed } => 3,
        _ => 4,
    };

    private static ReadinessCheck Shown(ReadinessCheck check) => check with
    {
        Title = ReportText.Of(check.Title),
        Cluster = ReportText.Of(check.Cluster),
        Message = ReportText.Of(check.Message),
        Remedy = ReportText.Of(check.Remedy),
        Failure = ReportText.Of(check.Failure),
        Findings =
        [
            .. check.Findings.Take(MostFindings).Select(f => f with { Target = ReportText.Of(f.Target), Kind = ReportText.Of(f.Kind), Namespace = ReportText.Of(f.Namespace), Name = ReportText.Of(f.Name), Message = ReportText.Of(f.Message), Remedy = ReportText.Of(f.Remedy) }),
            .. check.Findings.Count > MostFindings
                ? new[] { new ReadinessFinding { Target = ReportText.Count(check.Findings.Count - MostFindings, "more", "more"), Message = "see the file" } }
                : [],
        ],
    };

    private static IReadOnlyList<string>? Fields(IReadOnlyList<string>? paths) =>
        paths is null ? null : [.. paths.Take(MostFindings).Select(path => ReportText.Of(path)), .. paths.Count > MostFindings ? new[] { $"and {paths.Count - MostFindings} more" } : []];

    private static ReportStep StepOf(UpgradeStep step, UpgradeHistory history, ReportList<WorkloadOutcome>? workloads) => new()
    {
        Id = step.Id,
        Kind = step.Kind,
        Title = ReportText.Of(step.Title),
        Target = step.Target,
        Risk = step.Risk,
        State = step.State,
        Attempt = step.Attempt,
        Changes = ReportText.Of(step.Changes),
        Result = ReportText.Of(step.Result),
        Failure = ReportText.Of(step.Failure),
        FailedBefore = step.State is UpgradeStepState.Undone or UpgradeStepState.UndoFailed ? ReportText.Of(history.FailureOf(step.Id)) : null,
        Spans = history.SpansOf(step.Id),
        Workloads = workloads is null ? null : workloads with { Items = [.. workloads.Items.Select(w => w with { Kind = ReportText.Of(w.Kind), Namespace = ReportText.Of(w.Namespace), Name = ReportText.Of(w.Name), Reason = ReportText.Of(w.Reason), Failure = ReportText.Of(w.Failure) })] },
    };

    private ReportBack BackOf(BlueGreenUpgrade upgrade, ReportCommands commands, HashSet<LeftOnGreen> leftObjects)
    {
        var works = UpgradeRun.Works();
        var isBack = upgrade.State is BlueGreenUpgradeState.Undone;
        var begun = upgrade.Steps.Reverse().Where(step => step.Attempt > 0).ToList();
        var open = _progress.ToTakeBack(works, removeImported: false);
        IReadOnlyList<string> left = isBack
            ? [.. begun.SelectMany(step => works.For(step).LeftByUndo(step, _progress.RemovesImported)).Distinct()]
            : UpgradeRun.LeftByUndo(_progress, works, removeImported: false);
        return new ReportBack(
            ReportWords.Back(upgrade, open.Count),
            isBack || open.Count == 0 ? null : commands.Undo(),
            [.. begun.Select(step => new ReportUndo(step.Id, ReportText.Of(step.Title), ReportText.Of(HowBack(step))))],
            [.. left.Select(text => ReportText.Of(text)).Distinct(StringComparer.Ordinal)],
            leftObjects.Count == 0 ? null : new ReportList<LeftOnGreen>(
                leftObjects.Count, [.. leftObjects.OrderBy(o => o.IsRemoval).ThenBy(o => o.Name, StringComparer.Ordinal).Take(MostItems).Select(o => o with { Name = ReportText.Of(o.Name), Reason = ReportText.Of(o.Reason) })], []));
    }

    private static string HowBack(UpgradeStep step) => step.State switch
    {
        UpgradeStepState.Undone => $"Taken back. {step.Result}".TrimEnd(),
        UpgradeStepState.UndoFailed => $"Could not be taken back wholly: {step.Failure?.Message ?? step.Result}",
        _ => step.Kind == StepKind.External && StepKind.ValueOf(step, "undoTask") is { } task ? $"By hand: {task}" : step.Undo ?? "",
    };

    private static ReportCluster ClusterOf(UpgradeCluster cluster) => new(ReportText.Of(cluster.Context), ReportText.Of(cluster.ClusterUid), ReportText.Of(cluster.ServerVersion));
}
