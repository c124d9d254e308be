using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>What is surprising about a limit and its seeds.</summary>
internal static class LimitWarnings
{
    /// <summary>Tells it.</summary>
    /// <param name="limit">The limit, with the load of its seeds.</param>
    /// <param name="reporter">Whoever is told.</param>
    public static void Tell(ReconcileLimit limit, IReporter reporter)
    {
        foreach (var text in Of(limit))
            reporter.Warning(text);
    }

    /// <summary>The warnings, one by one.</summary>
    public static IEnumerable<string> Of(ReconcileLimit limit)
    {
        if (limit.TargetVersion is null)
            yield return $"The operator has not written a version to the KubermaticConfiguration {limit} of {limit.Context}: no cluster counts as done.";
        if (limit.Limit < 0)
            yield return $"The limit of {limit} is {limit.Limit}: by Kubermatic's code no cluster that is up to date is reconciled at all.";
        foreach (var seed in limit.Seeds)
        {
            if (seed.Failure is { } failure)
                yield return failure.Message;
            if (seed.BlockingClusters.Count == 0)
                continue;
            var who = NameList.Some(seed.BlockingClusters);
            yield return string.Create(CultureInfo.InvariantCulture, $"{seed.Seed}: {seed.BlockingClusters.Count} of {seed.Limit} slots are occupied for ever by clusters that are not up to date and that nobody reconciles ({who}): ")
                + (seed.IsStopped ? "the seed reconciles no other cluster until they are released or the limit is greater." : "the others share what is left.");
        }
    }
}
