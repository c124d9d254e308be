using System.Globalization;
using KonUpgrade.Engine.Systems.Kubermatic.Reconciling;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Reconciling;

/// <summary>Puts back a limit that a step has lowered.</summary>
internal static class LimitWayBack
{
    private const string ConfiguredOutput = "configured";

    /// <summary>
    /// Puts back what is kept with the configuration: what was before, or what somebody's file has written since, which is
    /// what its owner wants to hold from now on.
    /// </summary>
    /// <param name="run">The step that puts it back, or takes it back.</param>
    /// <param name="note">What is known of it.</param>
    /// <param name="force">Whether it is put back also while clusters are left to be reconciled.</param>
    /// <param name="wait">How long is waited for the controllers; null for not at all.</param>
    /// <param name="letGo">Told that it is written next.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">LoadRemains, HeldOtherwise, ConfigurationNotFound, or the master can't be asked.</exception>
    public static async Task<StepResult> ResetAsync(StepRun run, LimitNote note, bool force, TimeSpan? wait, Func<Task> letGo, CancellationToken cancellationToken)
    {
        var (limit, failure) = await GiveBackAsync(run, note, force, wait, letGo, cancellationToken).ConfigureAwait(false);
        return new StepResult($"The limit of {limit} is {LimitField.Text(limit.Configured)}{(limit.Configured == note.Before ? ", as before" : $"; before: {LimitField.Text(note.Before)}")}")
        {
            Failure = failure,
            Output = new Dictionary<string, string> { [ConfiguredOutput] = Written(limit.Configured) },
        };
    }

    /// <summary>Puts back exactly what the journal has of before, whatever somebody's file has written meanwhile; also while load remains.</summary>
    /// <exception cref="UpgradeException">FieldManagerConflict, HeldOtherwise, ConfigurationNotFound, or the master can't be asked or refuses it.</exception>
    public static async Task<StepResult> UndoAsync(StepRun run, LimitNote note, CancellationToken cancellationToken)
    {
        var writer = note.WriterOn(run);
        var now = await writer.LookAsync(cancellationToken).ConfigureAwait(false) ?? throw new UpgradeException(note.Gone(run));
        var before = new StepResult($"The limit is {LimitField.Text(note.Before)}, as before");
        // An undo that was killed may have written it.
        if (now.Configured == note.Before && (note.WasKept || !now.IsKept))
            return before;
        if (PutBack(run, run.Step.Id) is { } ended && ended != Written(now.Configured))
        {
            // The upgrade let go of it, and somebody has set it since.
            run.Session.Host.Warning($"{run.Step.Title}: the limit of {note.Namespace}/{note.Name} is {now}, which somebody has set since the upgrade put it back: it is left.");
            return new StepResult($"The limit is {now}, set since by somebody else: it is left");
        }

        var configured = now.Configured;
        if (note.WasKept || now.IsKept)
            configured = (await GiveBackAsync(run, note, force: true, wait: null, () => Task.CompletedTask, cancellationToken).ConfigureAwait(false)).Limit.Configured;
        if (configured == note.Before)
            return before;
        if (now.Appliers.Count > 0 && run.Value("forceConflict") != "true")
            throw new UpgradeException(note.Applied(run, now.Appliers));
        run.Session.Host.Warning($"{run.Step.Title}: somebody's file has made the limit of {note.Namespace}/{note.Name} {LimitField.Text(configured)} during the upgrade; what was before is put back: {LimitField.Text(note.Before)}.");
        await writer.WriteAsync(note.Before, cancellationToken).ConfigureAwait(false);
        return before;
    }

    /// <summary>What the step that ended a limit found or put there, as it is written in the configuration; null where none has come to its end.</summary>
    /// <param name="run">Any step's.</param>
    /// <param name="step">The step that lowered it.</param>
    public static string? PutBack(StepRun run, string step) => run.Plan.Steps
        .Where(other => other.Kind == StepKind.ResetReconcileLimit && other.Setting.GetValueOrDefault("resets") == step)
        .Select(other => run.Other(other.Id).Output.GetValueOrDefault(ConfiguredOutput)).FirstOrDefault(text => text is not null);

    private static async Task<(ReconcileLimit Limit, Failure? Failure)> GiveBackAsync(StepRun run, LimitNote note, bool force, TimeSpan? wait, Func<Task> letGo, CancellationToken cancellationToken)
    {
        // What was set with KonUpgrade before this upgrade comes back, and keeps what was before it.
        var change = new ReconcileLimitChange { Limit = note.WasKept ? ReconcileLimit.Effective(note.Before) : null, Force = force, ForceConflict = note.WasKept, Uid = note.Uid };
        var changer = await ReconcileLimitChanger.PrepareAsync(run.Target, note.Options(run), change, run.Reporter, cancellationToken).ConfigureAwait(false);
        await using var closing = changer.ConfigureAwait(false);
        if (note.WasKept && !force && !changer.Now.IsSettled && ReconcileLimit.Effective(note.Before) > changer.Now.Limit)
            throw new UpgradeException(LimitFailures.LoadRemains(changer.Now));
        await letGo().ConfigureAwait(false);
        var limit = await changer.RunAsync(cancellationToken).ConfigureAwait(false);
        return wait is { } time ? await changer.WaitAsync(time, cancellationToken).ConfigureAwait(false) : (limit, null);
    }

    private static string Written(int? configured) => configured?.ToString(CultureInfo.InvariantCulture) ?? "";
}
