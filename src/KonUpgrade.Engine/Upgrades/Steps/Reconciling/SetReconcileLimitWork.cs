using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Systems.Kubermatic;
using KonUpgrade.Engine.Systems.Kubermatic.Reconciling;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Reconciling;

/// <summary>
/// Lowers how many user clusters each seed of a Kubermatic reconciles at once. What was there is in the journal before it is
/// changed. Until a later step puts it back the limit stays in force: an installer writes the configuration as the file of
/// whoever runs it says, and what it wrote over is set again.
/// </summary>
internal sealed class SetReconcileLimitWork : IStepWork
{
    private const string LimitOutput = "limit";
    private const string BeforeOutput = "before";
    private const string FoundNote = "overwritten";
    private const string RolledOutNote = "rolledOut";

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public string Kind => StepKind.SetReconcileLimit;

    /// <inheritdoc/>
    public bool Keeps => true;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        // What the first run wrote down is what was before.
        var note = LimitNote.Of(run.Notes);
        var changer = await PrepareAsync(run, run.Value("namespace"), note?.Limit ?? Wanted(run), run.Reporter, cancellationToken).ConfigureAwait(false);
        await using var closing = changer.ConfigureAwait(false);
        if (note is null)
        {
            note = NoteOf(changer, Wanted(run));
            await run.NoteAsync(note.ToJson()).ConfigureAwait(false);
        }

        var output = OutputOf(note);
        if (changer.Words is null && changer.Now.Limit < Wanted(run))
            return new StepResult($"{Words(changer.Now)}, which is less than {Wanted(run)}: it is left") { Output = output };
        var limit = await changer.RunAsync(cancellationToken).ConfigureAwait(false);
        Failure? failure = null;
        if (run.Value("wait") == "true")
            (limit, failure) = await changer.WaitAsync(run.Duration("timeout"), cancellationToken).ConfigureAwait(false);
        return new StepResult(string.Create(CultureInfo.InvariantCulture, $"{Words(limit)} on each of {limit.Seeds.Count} {(limit.Seeds.Count == 1 ? "seed" : "seeds")}; before: {LimitField.Text(note.Before)}")) { Output = output, Failure = failure };
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        var note = LimitNote.Of(run.Notes);
        var changer = await PrepareAsync(run, run.Value("namespace"), note?.Limit ?? Wanted(run), run.Reporter, cancellationToken).ConfigureAwait(false);
        await using var closing = changer.ConfigureAwait(false);
        var text = changer.Words is { } words ? $"The limit of {changer.Now}: {words}" : $"{Words(changer.Now)}: it is left";
        return new StepResult(text) { Output = OutputOf(note ?? NoteOf(changer, Wanted(run))) };
    }

    /// <inheritdoc/>
    public async Task<string?> KeepAsync(StepRun run, CancellationToken cancellationToken)
    {
        if (LimitNote.Of(run.Notes) is not { } note)
            return null;
        var begun = run.Time.GetTimestamp();
        var found = run.Notes[FoundNote]?.GetValue<string>();
        var isPending = run.Notes[RolledOutNote]?.GetValue<bool>() == false;
        var waits = run.Value("wait") == "true";
        var reporter = run.Reporter;
        while (true)
        {
            var written = await note.WriterOn(run).LookAsync(cancellationToken).ConfigureAwait(false) ?? throw new UpgradeException(note.Gone(run));
            // Less is no harm; and what somebody set meanwhile with KonUpgrade was meant.
            var isOverwritten = written.Limit > note.Limit && !written.IsOurs;
            if (!isOverwritten && (!isPending || written.Limit > note.Limit))
                return null;
            if (isOverwritten)
            {
                found = written.ToString();
                await run.NoteAsync(new JsonObject { [FoundNote] = found, [RolledOutNote] = !waits }).ConfigureAwait(false);
                run.Session.Host.Warning($"{run.Step.Id}: the limit of {note.Namespace}/{note.Name} on {run.Target.Context.Name} was overwritten: somebody's file has made it {written}. It is set to {note.Limit} again.");
            }

            isPending = true;
            var changer = await PrepareAsync(run, note.Namespace, note.Limit, reporter, cancellationToken).ConfigureAwait(false);
            await using var closing = changer.ConfigureAwait(false);
            var limit = await changer.RunAsync(cancellationToken).ConfigureAwait(false);
            var text = $"the limit of '{run.Step.Id}' was overwritten ({found}) and is {note.Limit} again";
            if (!waits)
                return text;
            // Whoever overwrote it may do so again before the controllers run with it.
            (limit, var failure) = await changer.WaitAsync(s_look, cancellationToken).ConfigureAwait(false);
            if (failure is null)
            {
                await run.NoteAsync(new JsonObject { [RolledOutNote] = true }).ConfigureAwait(false);
                return text;
            }

            var waited = run.Time.GetElapsedTime(begun);
            if (waited >= run.Duration("timeout"))
                throw new UpgradeException(LimitFailures.NotRolledOut(limit, TimeSpan.FromSeconds(Math.Ceiling(waited.TotalSeconds))));
            // What is surprising is told once.
            reporter = NullReporter.Instance;
        }
    }

    /// <inheritdoc/>
    public string? ToHeed(StepRun run) => run.Step.Output.GetValueOrDefault(LimitOutput) is { } limit && LimitWayBack.PutBack(run, run.Step.Id) is null
        ? $"The limit is held at {limit}: write maximumParallelReconciles: {limit} under spec.seedController of the installer's file first, and take it out when the upgrade is through. What the file says otherwise, the seeds run with until the limit is set again."
        : null;

    /// <inheritdoc/>
    public Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken) =>
        LimitNote.Of(run.Notes) is { } note ? LimitWayBack.UndoAsync(run, note, cancellationToken) : Task.FromResult(new StepResult("The limit was not changed."));

    // It holds no workloads; the cluster is named for the rights that it needs.
    /// <inheritdoc/>
    public UndoneWorkloads Undoes(UpgradeStep step) => new(step.Target, WorkloadClass.None, Resumes: true);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken) => NeededAsync(run, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NeededRight>> UndoRightsAsync(StepRun run, CancellationToken cancellationToken) => NeededAsync(run, cancellationToken);

    /// <summary>The rights to change the configuration.</summary>
    public static async Task<IReadOnlyList<NeededRight>> NeededAsync(StepRun run, CancellationToken cancellationToken)
    {
        var served = await run.Target.Client.KnownCatalogAsync(cancellationToken).ConfigureAwait(false);
        if (served.FindPreferred(KubermaticRole.Group, "KubermaticConfiguration") is not { } resource)
            return [];
        var places = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var o in run.Target.Client.ListAsync(resource, new Kubernetes.ListOptions { Namespace = run.Value("namespace") }, cancellationToken).ConfigureAwait(false))
        {
            using (o)
                places.Add(o.Namespace ?? "");
        }

        return [.. places.Select(place => new NeededRight(run.Step.Target, "patch", resource) { Namespace = place })];
    }

    private static int Wanted(StepRun run) => int.Parse(run.Value("limit")!, CultureInfo.InvariantCulture);

    private static Task<ReconcileLimitChanger> PrepareAsync(StepRun run, string? @namespace, int limit, IReporter reporter, CancellationToken cancellationToken)
    {
        var change = new ReconcileLimitChange { Limit = limit, LeaveLower = true, ForceConflict = run.Value("forceConflict") == "true" };
        return ReconcileLimitChanger.PrepareAsync(run.Target, LimitNote.OptionsOf(run, @namespace), change, reporter, cancellationToken);
    }

    // A limit that is lower already is what is to be kept; below 1 nobody can set one.
    private static LimitNote NoteOf(ReconcileLimitChanger changer, int wanted) => new()
    {
        Namespace = changer.Now.Namespace ?? "",
        Name = changer.Now.Name,
        Uid = changer.Now.Uid,
        Before = changer.Now.Configured,
        WasKept = changer.IsOurs,
        Limit = changer.Now.Limit < 1 ? wanted : Math.Min(wanted, changer.Now.Limit),
    };

    private static Dictionary<string, string> OutputOf(LimitNote note) => new()
    {
        [LimitOutput] = note.Limit.ToString(CultureInfo.InvariantCulture),
        [BeforeOutput] = LimitField.Text(note.Before),
    };

    private static string Words(ReconcileLimit limit) => string.Create(CultureInfo.InvariantCulture, $"The limit of {limit} is {limit.Limit}");
}
