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
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">LoadRemains, HeldOtherwise, ConfigurationNotFound, or the master can't be asked.</exception>
    public static async Task<StepResult> ResetAsync(StepRun run, LimitNote note, bool force, TimeSpan? wait, CancellationToken cancellationToken)
    {
        // What was set with KonUpgrade before this upgrade comes back, and keeps what was before it.
        var change = new ReconcileLimitChange { Limit = note.WasKept ? ReconcileLimit.Effective(note.Before) : null, Force = force, ForceConflict = note.WasKept, Uid = note.Uid };
        var changer = await ReconcileLimitChanger.PrepareAsync(run.Target, note.Options(run), change, run.Reporter, cancellationToken).ConfigureAwait(false);
        await using var closing = changer.ConfigureAwait(false);
        if (note.WasKept && !force && !changer.Now.IsSettled && ReconcileLimit.Effective(note.Before) > changer.Now.Limit)
            throw new UpgradeException(LimitFailures.LoadRemains(changer.Now));
        var limit = await changer.RunAsync(cancellationToken).ConfigureAwait(false);
        Failure? failure = null;
        if (wait is { } time)
            (limit, failure) = await changer.WaitAsync(time, cancellationToken).ConfigureAwait(false);
        return new StepResult($"The limit of {limit} is {LimitField.Text(limit.Configured)}{(limit.Configured == note.Before ? ", as before" : $"; before: {LimitField.Text(note.Before)}")}")
        {
            Failure = failure,
            Output = new Dictionary<string, string> { [ConfiguredOutput] = limit.Configured?.ToString(CultureInfo.InvariantCulture) ?? "" },
        };
    }

    /// <summary>Puts back exactly what the journal has of before, whatever somebody's file has written meanwhile; also while load remains.</summary>
    public static async Task<StepResult> UndoAsync(StepRun run, LimitNote note, CancellationToken cancellationToken)
    {
        var writer = note.WriterOn(run);
        var now = await writer.LookAsync(cancellationToken).ConfigureAwait(false) ?? throw new UpgradeException(note.Gone(run));
        if (PutBack(run) is { } ended && ended != (now.Configured?.ToString(CultureInfo.InvariantCulture) ?? ""))
        {
            // The upgrade let go of it, and somebody has set it since.
            run.Session.Host.Warning($"{run.Step.Title}: the limit of {note.Namespace}/{note.Name} is {now}, which somebody has set since the upgrade put it back: it is left.");
            return new StepResult($"The limit is {now}, set since by somebody else: it is left");
        }

        if (now.IsKept && !note.WasKept)
            await ResetAsync(run, note, force: true, wait: null, cancellationToken).ConfigureAwait(false);
        var found = await writer.LookAsync(cancellationToken).ConfigureAwait(false) ?? throw new UpgradeException(note.Gone(run));
        if (found.Configured != note.Before && note.WasKept)
            await ResetAsync(run, note, force: true, wait: null, cancellationToken).ConfigureAwait(false);
        else if (found.Configured != note.Before)
            await WriteBackAsync(run, note, writer, found, cancellationToken).ConfigureAwait(false);
        return new StepResult($"The limit is {LimitField.Text(note.Before)}, as before");
    }

    private static async Task WriteBackAsync(StepRun run, LimitNote note, LimitWriter writer, WrittenLimit found, CancellationToken cancellationToken)
    {
        run.Session.Host.Warning($"{run.Step.Title}: somebody's file has made the limit of {note.Namespace}/{note.Name} {found} during the upgrade; what was before is put back: {LimitField.Text(note.Before)}.");
        await writer.WriteAsync(note.Before, cancellationToken).ConfigureAwait(false);
    }

    // What the step that ended the limit found or put there; null where none has come to its end.
    private static string? PutBack(StepRun run) => run.Plan.Steps
        .Where(step => step.Kind == StepKind.ResetReconcileLimit && step.Setting.GetValueOrDefault("resets") == run.Step.Id)
        .Select(step => run.Other(step.Id).Output.GetValueOrDefault(ConfiguredOutput)).FirstOrDefault(text => text is not null);
}
