using System.Globalization;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>
/// Checks a cluster until nothing blocks. What blocked is looked at again when something changes of the kinds that it looked
/// at; a check comes out once, when it no longer blocks or the time is over.
/// </summary>
/// <param name="cluster">The cluster; the caller disposes of it.</param>
/// <param name="checks">The checks.</param>
/// <param name="namespaces">The namespaces that are meant; empty for all.</param>
/// <param name="wait">How long.</param>
/// <param name="reporter">Told how it goes.</param>
/// <param name="atOnce">How many look at once; null for the usual number.</param>
public sealed class HealthWatch(
    ClusterConnection cluster, IReadOnlyList<IReadinessCheck<ClusterSurvey>> checks, IReadOnlyList<string> namespaces, ReadinessWait wait, IReporter reporter, int? atOnce = null)
{
    /// <summary>Gives each check as soon as it is final.</summary>
    /// <param name="first">The cluster as it was looked at before.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">The cluster can't be reached at first, or refuses the login.</exception>
    public async IAsyncEnumerable<ReadinessCheck> RunAsync(ClusterSurvey first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var deadline = wait.Begin(cancellationToken);
        var watch = new SurveyWatch(cluster, namespaces, wait.Time, reporter);
        await using (watch.ConfigureAwait(false))
        {
            var open = checks.Select(check => new TracedCheck(check)).ToList();
            var last = new Dictionary<string, ReadinessCheck>(StringComparer.Ordinal);
            // The first look is not cut short: what comes out at the end must have been seen.
            var results = ReadinessRunner.RunAsync(open, first, reporter, cancellationToken, atOnce);
            await foreach (var result in results.ConfigureAwait(false))
            {
                last[result.Id] = result;
                if (!result.IsBlocking)
                    yield return result;
            }
            open.RemoveAll(check => !last[check.Rule.Id].IsBlocking);
            while (open.Count > 0 && await IsTimeLeftAsync(watch, open, deadline).ConfigureAwait(false))
            {
                foreach (var result in await LookAsync(open, deadline).ConfigureAwait(false))
                {
                    last[result.Id] = result;
                    if (!result.IsBlocking)
                        yield return result;
                }
                open.RemoveAll(check => !last[check.Rule.Id].IsBlocking);
            }
            foreach (var check in open)
                yield return last[check.Rule.Id];
        }
    }

    private async Task<bool> IsTimeLeftAsync(SurveyWatch watch, List<TracedCheck> open, ReadinessDeadline deadline)
    {
        reporter.Verbose(string.Create(CultureInfo.InvariantCulture, $"{cluster.Context.Name}: waiting for {open.Count} checks ({NameList.Some([.. open.Select(check => check.Rule.Id)])})."));
        try
        {
            await watch.ChangedAsync(open.SelectMany(check => check.Kinds), deadline.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (deadline.IsOver)
        {
            return false;
        }
    }

    // Those that could be made before the time was over.
    private async Task<IReadOnlyList<ReadinessCheck>> LookAsync(List<TracedCheck> open, ReadinessDeadline deadline)
    {
        var results = new List<ReadinessCheck>();
        try
        {
            var survey = await ClusterSurvey.BeginAsync(cluster, namespaces, deadline.Token, wait.Time).ConfigureAwait(false);
            await using (survey.ConfigureAwait(false))
            {
                await foreach (var result in ReadinessRunner.RunAsync(open, survey, reporter, deadline.Token, atOnce).ConfigureAwait(false))
                    results.Add(result);
            }
        }
        catch (OperationCanceledException) when (deadline.IsOver)
        {
        }
        catch (UpgradeException e) when (ReadinessWait.MayPass(e))
        {
            reporter.Verbose($"{cluster.Context.Name}: {e.Failure.Message}; looking again.");
        }
        return results;
    }
}
