using KonUpgrade.Engine.Upgrades;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Operations;

namespace KonUpgrade.Completion;

/// <summary>Completes the ids of steps: of the plan or the journal on the line, or of the plan that would be made.</summary>
public sealed class StepCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken) =>
        (await StepsAsync(bound, cancellationToken).ConfigureAwait(false)).Select(static step => new CompletionChoice(step.Id, $"{step.Title} ({step.State})"));

    private static async Task<IReadOnlyList<UpgradeStep>> StepsAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        if (bound.Plan is { } plan)
            return plan.Steps;
        if (bound.JournalPath is not null || bound is { JournalCluster: not null, Name: not null })
        {
            var journal = await new JournalRequest(bound.JournalPath, bound.JournalCluster, bound.Name).OpenAsync(NullReporter.Instance, cancellationToken).ConfigureAwait(false);
            await using (journal.ConfigureAwait(false))
                return (await UpgradeRun.ReadAsync(journal.Place, cancellationToken).ConfigureAwait(false)).Steps;
        }

        var systems = await bound.SystemsAsync(cancellationToken).ConfigureAwait(false);
        var named = bound.System is { } name ? systems.Get(name) : systems.Own;
        return bound.HasCluster ? InPlacePlanner.StepsOf(named?.Description ?? systems.Descriptions.First(system => system.InPlace is not null)) : UpgradePlanner.StepsOf(named ?? systems.Whole);
    }
}
