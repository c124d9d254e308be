using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades;

/// <summary>What an upgrade would do, found out without a journal and without changing a cluster.</summary>
public static class UpgradePreview
{
    /// <summary>Looks at each step of a plan, in its order.</summary>
    /// <remarks>Secrets are not read: what a preview exports for its later steps has none, whatever the plan says.</remarks>
    /// <param name="plan">The plan.</param>
    /// <param name="session">What it would run with. Nothing is written below its work path.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The steps; Result is what each would do, and Failure what it would fail by, as far as that can be known beforehand.</returns>
    /// <exception cref="UpgradeException">OtherCluster, IdentityUnknown; or a cluster can't be reached.</exception>
    public static IAsyncEnumerable<UpgradeStep> RunAsync(UpgradePlan plan, UpgradeSession session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(session);
        // No upgrade has this name, so nothing is held by it.
        return RunAsync(plan, $"{plan.Name}/preview", session, cancellationToken);
    }

    /// <summary>Looks at each step that is left of an upgrade that has been begun; another process may be running it.</summary>
    /// <inheritdoc cref="RunAsync(UpgradePlan, UpgradeSession, CancellationToken)"/>
    /// <param name="place">Its journal.</param>
    /// <param name="session">What it would run with.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async IAsyncEnumerable<UpgradeStep> RunAsync(UpgradeJournal place, UpgradeSession session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var (progress, _, _) = await UpgradeRun.LookAsync(place, cancellationToken).ConfigureAwait(false);
        await foreach (var step in RunAsync(progress.Plan with { Steps = progress.Steps }, progress.Mark, session, cancellationToken).ConfigureAwait(false))
            yield return step;
    }

    private static async IAsyncEnumerable<UpgradeStep> RunAsync(UpgradePlan plan, string mark, UpgradeSession session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await SideChecks.NeedAsync(session.Blue, plan.Blue, "blue", cancellationToken).ConfigureAwait(false);
        if (plan.Green is { } green)
            await SideChecks.NeedAsync(session.Of(UpgradeSide.Green), green, "green", cancellationToken).ConfigureAwait(false);
        // A preview needs no value of a Secret, so none is read, and none can stay behind where a kill keeps the folder.
        var looked = plan with { Secret = SecretHandling.Skip };
        session = session with { Sealing = null };
        // It is its owner's alone (0700).
        var folder = Directory.CreateTempSubdirectory("konupgrade-").FullName;
        try
        {
            var works = UpgradeRun.Works();
            var steps = plan.Steps.ToDictionary(step => step.Id, StringComparer.Ordinal);
            foreach (var planned in plan.Steps.Where(step => step.State != UpgradeStepState.Completed))
            {
                // What a step would leave behind goes where the preview's own things go.
                var step = planned with { Setting = planned.Setting.Where(setting => setting.Key != "path").ToDictionary(StringComparer.Ordinal) };
                await NeedOutputAsync(step).ConfigureAwait(false);
                var unknown = StepWorks.UsedBy(step).FirstOrDefault(id => steps[id].Output.Count == 0);
                var result = unknown is null
                    ? await ResultAsync(works.For(step), Run(step), cancellationToken).ConfigureAwait(false)
                    : new StepResult($"Not known, since it needs what step '{unknown}' makes.");
                steps[step.Id] = step with { Output = result.Output };
                var text = planned.Kind == StepKind.ExportConfig && plan.Secret != SecretHandling.Skip && result.Failure is null && result.Output.Count > 0
                    ? $"{result.Text}; Secrets are exported too, and left out of this preview"
                    : result.Text;
                yield return planned with { Result = text, Failure = result.Failure };
            }

            StepRun Run(UpgradeStep step) => new(
                step, looked, mark, session with { WorkPath = folder }, new UpgradeRunOptions(), [], id => steps[id], _ => false, _ => Task.CompletedTask)
            {
                Heeding = () => works.ToHeed(plan.Steps.Select(other => steps[other.Id]), Run),
            };

            // The export of a run that was stopped may lie on another machine.
            async Task NeedOutputAsync(UpgradeStep step)
            {
                foreach (var id in StepWorks.UsedBy(step).Where(id => steps[id].State == UpgradeStepState.Completed))
                {
                    if (await works.For(steps[id]).IsThereAsync(Run(steps[id]), cancellationToken).ConfigureAwait(false))
                        continue;
                    var made = await ResultAsync(works.For(steps[id]), Run(steps[id] with { Setting = new Dictionary<string, string>() }), cancellationToken).ConfigureAwait(false);
                    steps[id] = steps[id] with { Output = made.Output };
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<StepResult> ResultAsync(IStepWork work, StepRun run, CancellationToken cancellationToken)
    {
        using var shown = run.Begin();
        try
        {
            return await work.PreviewAsync(run, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new StepResult("It would fail.") { Failure = e.Failure };
        }
    }
}
