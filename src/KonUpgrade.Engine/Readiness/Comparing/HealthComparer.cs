using System.Globalization;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Comparing;

/// <summary>
/// Whether green is what blue is: what runs is there and ready, has the same images and as many Pods, is reached, has its
/// volumes, and says of itself what it says on blue. What a system leaves behind, what controllers make, and what is
/// each cluster's own (UIDs, addresses, ports) is no difference. Of every object only what counts is kept.
/// </summary>
/// <param name="blue">Blue; the caller disposes of it.</param>
/// <param name="green">Green; the caller disposes of it.</param>
/// <param name="options">What is compared.</param>
/// <param name="reporter">Told how far it is.</param>
public sealed class HealthComparer(ClusterConnection blue, ClusterConnection green, HealthComparisonOptions options, IReporter reporter)
{
    /// <summary>What could not be read; nothing is said of that. Complete when the stream has ended.</summary>
    public IReadOnlyList<Failure> Failures { get; private set; } = [];

    /// <summary>How many objects were compared, those of one side alone included. Complete when the stream has ended.</summary>
    public long ObjectCount { get; private set; }

    /// <summary>
    /// Compares. Gives one difference for each thing in which an object is not the same. Where it is waited, those of kinds of
    /// which none blocks come out first; the others are compared again when green changes, until none blocks or the time is over.
    /// </summary>
    /// <exception cref="UpgradeException">SameCluster; or a cluster can't be reached.</exception>
    public async IAsyncEnumerable<ClusterDifference> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CheckIdentityAsync(cancellationToken).ConfigureAwait(false);
        var checks = options.Checks.Select(check => new TracedCheck(check)).ToList();
        var round = await ComparisonRound.OpenAsync(blue, green, options, new ComparisonScope(null, checks), reporter, cancellationToken).ConfigureAwait(false);
        var open = new Dictionary<ComparedPart, List<ClusterDifference>>();
        await using (round.ConfigureAwait(false))
        {
            await foreach (var (part, difference) in round.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                if (options.Wait is null)
                    yield return difference;
                else
                    Put(open, part, difference);
            }
        }
        Failures = round.Failures;
        ObjectCount = round.ObjectCount;
        if (options.Wait is not { } wait)
            yield break;
        using var deadline = wait.Begin(cancellationToken);
        var watch = new SurveyWatch(green, options.Namespaces, wait.Time, reporter);
        await using (watch.ConfigureAwait(false))
        {
            while (true)
            {
                foreach (var difference in Final(open))
                    yield return difference;
                if (open.Count == 0 || !await IsTimeLeftAsync(watch, open.Keys, round, deadline).ConfigureAwait(false))
                    break;
                round = await LookAgainAsync(open, checks, deadline).ConfigureAwait(false) ?? round;
            }
            foreach (var difference in open.Values.SelectMany(differences => differences))
                yield return difference;
        }
    }

    // Takes out the parts of which nothing blocks.
    private static List<ClusterDifference> Final(Dictionary<ComparedPart, List<ClusterDifference>> open)
    {
        var final = new List<ClusterDifference>();
        foreach (var (part, differences) in open.Where(part => !part.Value.Exists(difference => difference.IsBlocking)).ToList())
        {
            open.Remove(part);
            final.AddRange(differences);
        }
        return final;
    }

    private static void Put(Dictionary<ComparedPart, List<ClusterDifference>> open, ComparedPart part, ClusterDifference difference)
    {
        if (!open.TryGetValue(part, out var differences))
            open[part] = differences = [];
        differences.Add(difference);
    }

    private async Task<bool> IsTimeLeftAsync(SurveyWatch watch, IReadOnlyCollection<ComparedPart> open, ComparisonRound round, ReadinessDeadline deadline)
    {
        reporter.Verbose(string.Create(CultureInfo.InvariantCulture, $"{green.Context.Name}: waiting for {NameList.Some([.. open.Select(part => part.ToString())])}."));
        try
        {
            await watch.ChangedAsync(open.SelectMany(round.KindsOf), deadline.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (deadline.IsOver)
        {
            return false;
        }
    }

    // What could not be read is as it was seen last. Null where both clusters could not be looked at as a whole.
    private async Task<ComparisonRound?> LookAgainAsync(Dictionary<ComparedPart, List<ClusterDifference>> open, IReadOnlyList<TracedCheck> checks, ReadinessDeadline deadline)
    {
        try
        {
            var kinds = open.Keys.Where(part => part.Check is null).Select(part => (part.Group, part.Kind)).ToHashSet();
            var scope = new ComparisonScope(kinds, [.. checks.Where(check => open.Keys.Any(part => part.Check == check.Rule.Id))]);
            var round = await ComparisonRound.OpenAsync(blue, green, options, scope, reporter, deadline.Token).ConfigureAwait(false);
            var now = new Dictionary<ComparedPart, List<ClusterDifference>>();
            await using (round.ConfigureAwait(false))
            {
                await foreach (var (part, difference) in round.RunAsync(deadline.Token).ConfigureAwait(false))
                    Put(now, part, difference);
            }
            foreach (var part in open.Keys.Where(round.IsKnown).ToList())
                open[part] = now.GetValueOrDefault(part) ?? [];
            return round;
        }
        catch (OperationCanceledException) when (deadline.IsOver)
        {
            return null;
        }
        catch (UpgradeException e) when (ReadinessWait.MayPass(e))
        {
            reporter.Verbose($"{e.Failure.Message}; looking again.");
            return null;
        }
    }

    private async Task CheckIdentityAsync(CancellationToken cancellationToken)
    {
        switch (await blue.IsSameClusterAsync(green, cancellationToken).ConfigureAwait(false))
        {
            case null:
                reporter.Verbose($"{blue.Context.Name} and {green.Context.Name}: the UID of a kube-system namespace may not be read, so nobody can tell whether they are two clusters.");
                break;
            case true:
                throw new UpgradeException(new Failure
                {
                    Id = "SameCluster",
                    Kind = FailureKind.Refused,
                    Message = $"{blue.Context.Name} and {green.Context.Name} are the same cluster.",
                    Recommendation = "Name two clusters; Get-ClusterContext lists the contexts.",
                    Target = green.Context.Name,
                });
        }
    }
}
