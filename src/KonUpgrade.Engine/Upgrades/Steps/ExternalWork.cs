using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Shows what somebody else must do, and waits for what proves that it is done: a field of an object, or a script block.</summary>
internal sealed class ExternalWork : IStepWork
{
    private const int MostShown = 200;

    /// <inheritdoc/>
    public string Kind => StepKind.External;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        Show(run, run.Value("task"), run.ToHeed(), run.Value("command"));
        if (run.Value("probe") == "true" && await run.Session.Host.ProbeAsync(run.Step, cancellationToken).ConfigureAwait(false) is null)
            throw new UpgradeException(NoProbe(run));
        var seen = await Waiting.ForAsync(
            run,
            async token =>
            {
                // Who works at the cluster now may overwrite what is to stay in force: it is not waited with until he is done.
                await run.KeepAsync(token).ConfigureAwait(false);
                return await IsDoneAsync(run, token).ConfigureAwait(false);
            },
            await AttemptStart.OfAsync(run).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        // It is done only when that is in force again.
        await run.KeepAsync(cancellationToken).ConfigureAwait(false);
        return new StepResult(run.Value("probe") == "true" ? "the probe gave true" : seen);
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        var now = run.Value("systemVersion") is null ? null : $"Now: {await ToldVersions.ReadAsync(run.Target, run.Session.System.Description, cancellationToken).ConfigureAwait(false)}.";
        return new StepResult(string.Join(" ", new[] { "Somebody else does it.", run.Value("task"), run.ToHeed(), run.Value("command"), now }.OfType<string>()));
    }

    /// <inheritdoc/>
    public Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken)
    {
        if (run.Value("irreversible") is { } why)
        {
            run.Session.Host.Warning($"{run.Step.Title}: {why}");
            return Task.FromResult(new StepResult($"Not taken back: {why}"));
        }

        if (run.Value("undoTask") is not { } task)
            return Task.FromResult(new StepResult("Nothing was undone: what was done by others stays."));
        run.Session.Host.Warning($"{run.Step.Title}: to be undone by hand: {task}");
        return Task.FromResult(new StepResult($"To be undone by hand: {task}"));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LeftByUndo(UpgradeStep step, bool removeImported) =>
        [StepKind.ValueOf(step, "irreversible") is { } why ? $"{step.Title}: {why}" : StepKind.ValueOf(step, "undoTask") is { } task ? $"{step.Title}: to be undone by hand: {task}" : $"{step.Title}: what was done by others stays."];

    private static void Show(StepRun run, string? task, string? toHeed, string? command)
    {
        var text = string.Join(" ", new[] { task, toHeed, command is null ? null : $"Command: {command}" }.OfType<string>());
        if (text.Length > 0)
            run.Session.Host.Warning($"{run.Step.Title}: {text}");
    }

    private static async Task<(bool Done, string Seen)> IsDoneAsync(StepRun run, CancellationToken cancellationToken)
    {
        if (run.Value("probe") == "true")
            return (await run.Session.Host.ProbeAsync(run.Step, cancellationToken).ConfigureAwait(false) == true, "the probe does not give true");
        return run.Value("systemVersion") is { } version
            ? await LookAsync(run, version, cancellationToken).ConfigureAwait(false)
            : await LookAsync(run, cancellationToken).ConfigureAwait(false);
    }

    // All who tell the system's version must tell this one: what was begun is done when the last of them is there.
    private static async Task<(bool Done, string Seen)> LookAsync(StepRun run, string version, CancellationToken cancellationToken)
    {
        var wanted = ReleaseVersion.Parse(version) ?? throw new UpgradeException(WrongVersion(run, version));
        var told = await ToldVersions.ReadAsync(run.Target, run.Session.System.Description, cancellationToken).ConfigureAwait(false);
        return (told.AreAll(wanted), told.ToString());
    }

    private static async Task<(bool Done, string Seen)> LookAsync(StepRun run, CancellationToken cancellationToken)
    {
        var (kind, name) = run.Value("object")!.Split('/', 2) is [var k, var n] ? (k, n) : throw new UpgradeException(WrongObject(run));
        var served = await run.Target.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var what = $"{kind} {name} on {run.Target.Context.Name}";
        if (served.Match(kind) is not [var resource, ..])
            return (false, $"{run.Target.Context.Name} does not serve {kind}");
        using var o = await run.Target.Client.GetAsync(resource, resource.Namespaced ? run.Value("namespace") ?? "default" : null, name, cancellationToken).ConfigureAwait(false);
        if (o is null)
            return (false, $"{what} is not there");
        if (!FieldPath.TryParse(run.Value("field")!, out var path))
            throw new UpgradeException(WrongObject(run));
        var values = ValuesOf(o.Root, path).ToList();
        var wanted = run.Value("value");
        var done = values.Exists(value => wanted is null || value == wanted);
        // What holds secrets is looked at, and not repeated: this goes into journals and streams.
        if (values.Count > 0 && SecretKinds.Contains(run.Session.System.Description, resource.Group, resource.Kind))
            return (done, $"{path} of {what} is {(done ? "as it is waited for" : "there, and not as it is waited for")}");
        return (done, $"{path} of {what} is {(values.Count == 0 ? "not there" : Cut(string.Join(", ", values)))}");
    }

    private static string Cut(string text) => text.Length <= MostShown ? text : $"{text[..MostShown]}…";

    private static IEnumerable<string> ValuesOf(JsonPart root, FieldPath path)
    {
        IEnumerable<JsonPart> parts = [root];
        foreach (var step in path.Steps.ToArray())
            parts = parts.SelectMany(part => Inside(part, step));
        return parts.Where(part => part.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)).Select(part => part.Text() ?? part.GetRawText());
    }

    private static IEnumerable<JsonPart> Inside(JsonPart part, FieldStep step) => step switch
    {
        { Name: { } name } => [part.Member(name)],
        { Index: < 0 } => part.Elements(),
        _ => part.Elements().Skip(step.Index).Take(1),
    };

    private static Failure NoProbe(StepRun run) => new()
    {
        Id = "ProbeMissing",
        Kind = FailureKind.InvalidArgument,
        Message = $"Step '{run.Step.Id}' is proved by a script block, and none was given for it.",
        Recommendation = $"Give it with -Probe @{{ '{run.Step.Id}' = {{ … }} }}; it gives true when what the step waits for is so.",
        Target = run.Step.Id,
    };

    private static Failure WrongVersion(StepRun run, string version) => new()
    {
        Id = "InvalidPlan",
        Kind = FailureKind.InvalidArgument,
        Message = $"Step '{run.Step.Id}': systemVersion is '{version}', which is no version such as 2.31 or v2.31.2.",
        Recommendation = "Correct the plan and begin the upgrade with it.",
        Target = run.Step.Id,
    };

    private static Failure WrongObject(StepRun run) => new()
    {
        Id = "InvalidPlan",
        Kind = FailureKind.InvalidArgument,
        Message = $"Step '{run.Step.Id}': object must be a kind and a name, as App.k11n.dev/shop, and field a path, as status.phase.",
        Recommendation = "Correct the plan and begin the upgrade with it.",
        Target = run.Step.Id,
    };
}
