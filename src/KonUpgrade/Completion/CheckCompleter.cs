using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Systems;

namespace KonUpgrade.Completion;

/// <summary>Completes the ids of checks that the command on the line knows, those of every system included.</summary>
public sealed class CheckCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var catalog = await bound.SystemsAsync(cancellationToken).ConfigureAwait(false);
        IEnumerable<ReadinessRule> rules = bound.Command.EndsWith("ClusterUpgrade", StringComparison.OrdinalIgnoreCase)
            ? SystemChecks.Upgrade(catalog.Descriptions).Select(static check => check.Rule)
            : SystemChecks.Health(catalog.Descriptions).Select(static check => check.Rule);
        return rules.Select(static rule => new CompletionChoice(rule.Id, rule.Title));
    }
}
