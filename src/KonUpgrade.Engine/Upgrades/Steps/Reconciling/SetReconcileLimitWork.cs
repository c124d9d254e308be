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
    private const string FoundNote = "foundGone";

    /// <inheritdoc/>
    public string Kind => StepKind.SetReconcileLimit;

    /// <inheritdoc/>
    public bool Keeps => true;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var changer = await PrepareAsync(run, run.Value("namespace"), Wanted(run), cancellationToken).ConfigureAwait(false);
        await using var closing = changer.ConfigureAwait(false);
        // What the first run wrote down is what was before.
        var note = LimitNote.Of(run.Notes);
        if (note is null)
        {
            note = NoteOf(changer.Now, Wanted(run));
            await run.NoteAsync(note.ToJson()).ConfigureAwait(false);
        }

        var output = OutputOf(note);
        if (changer.Now.Limit < note.Limit)
            return new StepResult($"{Words(changer.Now)}, which is less than {note.Limit}: it is left") { Output = output };
        var limit = await changer.RunAsync(cancellationToken).ConfigureAwait(false);
        Failure? failure = null;
        if (run.Value("wait") == "true")
            (limit, failure) = await changer.WaitAsync(run.Duration("timeout"), cancellationToken).ConfigureAwait(false);
        return new StepResult(string.Create(CultureInfo.InvariantCulture, $"{Words(limit)} on each of {limit.Seeds.Count} {(limit.Seeds.Count == 1 ? "seed" : "seeds")}; before: {LimitField.Text(note.Before)}")) { Output = output, Failure = failure };
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        var changer = await PrepareAsync(run, run.Value("namespace"), Wanted(run), cancellationToken).ConfigureAwait(false);
        await using var closing = changer.ConfigureAwait(false);
        var note = LimitNote.Of(run.Notes) ?? NoteOf(changer.Now, Wanted(run));
        var text = changer.Now.Limit < note.Limit || changer.Words is not { } words ? $"{Words(changer.Now)}: it is left" : $"The limit of {changer.Now}: {words}";
        return new StepResult(text) { Output = OutputOf(note) };
    }

    /// <inheritdoc/>
    public async Task<string?> KeepAsync(StepRun run, CancellationToken cancellationToken)
    {
        if (LimitNote.Of(run.Notes) is not { } note)
            return null;
        var written = await note.WriterOn(run).LookAsync(cancellationToken).ConfigureAwait(false) ?? throw new UpgradeException(note.Gone(run));
        // Less is no harm; and what somebody set meanwhile with KonUpgrade was meant.
        if (ReconcileLimit.Effective(written.Configured) <= note.Limit || written.IsOurs)
            return null;
        await run.NoteAsync(new JsonObject { [FoundNote] = written.Configured?.ToString(CultureInfo.InvariantCulture) ?? "" }).ConfigureAwait(false);
        run.Session.Host.Warning($"{run.Step.Id}: the limit of {note.Namespace}/{note.Name} on {run.Target.Context.Name} was found gone: somebody's file has made it {written}. It is set to {note.Limit} again.");
        var changer = await PrepareAsync(run, note.Namespace, note.Limit, cancellationToken).ConfigureAwait(false);
        await using var closing = changer.ConfigureAwait(false);
        await changer.RunAsync(cancellationToken).ConfigureAwait(false);
        return $"the limit of '{run.Step.Id}' was found gone ({written}) and is {note.Limit} again";
    }

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

    private static Task<ReconcileLimitChanger> PrepareAsync(StepRun run, string? @namespace, int limit, CancellationToken cancellationToken) => ReconcileLimitChanger.PrepareAsync(
        run.Target, LimitNote.OptionsOf(run, @namespace), new ReconcileLimitChange { Limit = limit, ForceConflict = run.Value("forceConflict") == "true" }, run.Reporter, cancellationToken);

    // A limit that is lower already is what is to be kept.
    private static LimitNote NoteOf(ReconcileLimit now, int wanted) => new()
    {
        Namespace = now.Namespace ?? "",
        Name = now.Name,
        Uid = now.Uid,
        Before = now.Configured,
        WasKept = now.IsKept,
        Limit = Math.Min(wanted, now.Limit),
    };

    private static Dictionary<string, string> OutputOf(LimitNote note) => new()
    {
        [LimitOutput] = note.Limit.ToString(CultureInfo.InvariantCulture),
        [BeforeOutput] = LimitField.Text(note.Before),
    };

    private static string Words(ReconcileLimit limit) => string.Create(CultureInfo.InvariantCulture, $"The limit of {limit} is {limit.Limit}");
}
