using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Comparing;

/// <summary>One look at both clusters.</summary>
internal sealed class ComparisonRound : IAsyncDisposable
{
    private readonly HealthSide _blue;
    private readonly HealthSide _green;
    private readonly HealthComparisonOptions _options;
    private readonly ComparisonScope _scope;
    private readonly IReporter _reporter;
    private readonly HashSet<(string, string?, string)> _told = [];
    private readonly HashSet<string> _unknownChecks = new(StringComparer.Ordinal);

    private ComparisonRound(HealthSide blue, HealthSide green, HealthComparisonOptions options, ComparisonScope scope, IReporter reporter)
    {
        _blue = blue;
        _green = green;
        _options = options;
        _scope = scope;
        _reporter = reporter;
    }

    /// <summary>How many objects were compared, those of one side alone included.</summary>
    public long ObjectCount { get; private set; }

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<Failure> Failures => [.. _blue.Problems.Failures, .. _green.Problems.Failures];

    private string Activity => $"Comparing {_green.Survey.Name} with {_blue.Survey.Name}";

    /// <summary>Finds out what there is to be compared.</summary>
    /// <exception cref="UpgradeException">A cluster can't be reached.</exception>
    public static async Task<ComparisonRound> OpenAsync(
        ClusterConnection blue, ClusterConnection green, HealthComparisonOptions options, ComparisonScope scope, IReporter reporter, CancellationToken cancellationToken)
    {
        var ofBlue = await HealthSide.OpenAsync(blue, options, scope, reporter, cancellationToken).ConfigureAwait(false);
        var ofGreen = await HealthSide.OpenAsync(green, options, scope, reporter, cancellationToken).ConfigureAwait(false);
        return new ComparisonRound(ofBlue, ofGreen, options, scope, reporter);
    }

    /// <summary>Whether all of a part could be read.</summary>
    public bool IsKnown(ComparedPart part) => part.Check is not null
        ? !_unknownChecks.Contains(part.Check)
        : _blue.Problems.IsKnown(part.Group, part.Kind) && _green.Problems.IsKnown(part.Group, part.Kind);

    /// <summary>What on green tells when a part changes.</summary>
    public IEnumerable<ApiResource> KindsOf(ComparedPart part)
    {
        if (part.Check is { } id)
            return _scope.Checks.Where(check => check.Rule.Id == id).SelectMany(check => check.Kinds);
        var kind = _green.Survey.Catalog.FindPreferred(part.Group, part.Kind);
        var more = part is { Group: "", Kind: "Service" } ? _green.Survey.Catalog.FindPreferred("discovery.k8s.io", "EndpointSlice") : null;
        return new[] { kind, more }.OfType<ApiResource>();
    }

    /// <summary>Compares. Each difference comes with the part of the comparison that it is of.</summary>
    public async IAsyncEnumerable<(ComparedPart Part, ClusterDifference Difference)> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var maker = new HealthDifferences(new GreenLook(_green.Survey, _reporter), _blue.Survey.Name, _options.System.Description, _options.Records);
        await foreach (var (part, difference) in CompareAsync(maker, cancellationToken).ConfigureAwait(false))
        {
            _told.Add((difference.Kind, difference.Namespace, difference.Name));
            yield return (part, difference);
        }
        await foreach (var (part, difference) in CheckAsync(maker, cancellationToken).ConfigureAwait(false))
        {
            // Once is enough.
            if (!_told.Contains((difference.Kind, difference.Namespace, difference.Name)))
                yield return (part, difference);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _blue.Survey.DisposeAsync().ConfigureAwait(false);
        await _green.Survey.DisposeAsync().ConfigureAwait(false);
    }

    private async IAsyncEnumerable<(ComparedPart, ClusterDifference)> CompareAsync(HealthDifferences maker, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var services = _scope.Includes("", "Service");
        var endpointsOfBlue = services ? await EndpointsAsync(_blue, cancellationToken).ConfigureAwait(false) : null;
        var endpointsOfGreen = services ? await EndpointsAsync(_green, cancellationToken).ConfigureAwait(false) : null;
        try
        {
            var table = new Dictionary<ObjectKey, ComparedObject>();
            await foreach (var one in _green.ReadAsync(cancellationToken).ConfigureAwait(false))
                table[one.Key] = one;
            await foreach (var one in _blue.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                Tell(++ObjectCount);
                var isThere = table.Remove(one.Key, out var other);
                // What goes from blue is not expected on green.
                if (one.IsDeleting || (!isThere && !_green.Problems.IsKnown(one.Key.Group, one.Key.Kind)))
                    continue;
                IReadOnlyList<ClusterDifference> found = other is null ? [maker.Missing(one)] : await maker.BetweenAsync(one, other, Answers(one.Key), cancellationToken).ConfigureAwait(false);
                foreach (var difference in found)
                    yield return (new ComparedPart(one.Key.Group, one.Key.Kind), difference);
            }
            foreach (var one in table.Values.Where(one => !one.IsDeleting && _blue.Problems.IsKnown(one.Key.Group, one.Key.Kind)))
            {
                ObjectCount++;
                yield return (new ComparedPart(one.Key.Group, one.Key.Kind), maker.Extra(one));
            }
        }
        finally
        {
            _reporter.Progress(new ProgressReport { Activity = Activity, Done = ObjectCount, Completed = true });
        }

        (bool, bool)? Answers(ObjectKey key) => key is { Group: "", Kind: "Service", Namespace: { } ns } && endpointsOfBlue is not null && endpointsOfGreen is not null
            ? (endpointsOfBlue.Contains(new EndpointFact(ns, key.Name)), endpointsOfGreen.Contains(new EndpointFact(ns, key.Name)))
            : null;
    }

    // Without them nobody knows how Services are.
    private static async Task<HashSet<EndpointFact>?> EndpointsAsync(HealthSide side, CancellationToken cancellationToken)
    {
        try
        {
            return [.. await side.Survey.ReadAsync(EndpointFact.Ready, cancellationToken).ConfigureAwait(false)];
        }
        catch (UpgradeException e)
        {
            side.Problems.Add(e.Failure, "discovery.k8s.io", "EndpointSlice");
            return null;
        }
    }

    // What a system's checks find on green, beside what they find on blue.
    private async IAsyncEnumerable<(ComparedPart, ClusterDifference)> CheckAsync(HealthDifferences maker, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_scope.Checks.Count == 0)
            yield break;
        var onBlue = new Dictionary<(string, string), string>();
        await foreach (var check in ReadinessRunner.RunAsync<ClusterSurvey>([.. _scope.Checks.Select(check => check.Check)], _blue.Survey, _reporter, cancellationToken).ConfigureAwait(false))
        {
            foreach (var finding in check.Findings)
                onBlue[(check.Id, finding.Target)] = finding.Message;
        }
        await foreach (var check in ReadinessRunner.RunAsync(_scope.Checks, _green.Survey, _reporter, cancellationToken).ConfigureAwait(false))
        {
            if (check.Failure is { } failure)
            {
                _green.Problems.Add(failure);
                _unknownChecks.Add(check.Id);
            }
            foreach (var finding in check.Findings)
                yield return (new ComparedPart("", "", check.Id), maker.Found(check.Id, finding, onBlue.GetValueOrDefault((check.Id, finding.Target))));
        }
    }

    private void Tell(long done)
    {
        if (done % 100 == 0)
            _reporter.Progress(new ProgressReport { Activity = Activity, Done = done });
    }
}

/// <summary>A part of a comparison that is looked at as a whole: a kind, or a check of the system.</summary>
/// <param name="Group">The kind's group.</param>
/// <param name="Kind">The kind; empty for a check.</param>
/// <param name="Check">The check's id; null for a kind.</param>
internal sealed record ComparedPart(string Group, string Kind, string? Check = null)
{
    public override string ToString() => Check ?? Kind;
}

/// <summary>What of a comparison is looked at.</summary>
/// <param name="Kinds">The kinds; null for all.</param>
/// <param name="Checks">The system's checks.</param>
internal sealed record ComparisonScope(IReadOnlySet<(string Group, string Kind)>? Kinds, IReadOnlyList<TracedCheck> Checks)
{
    /// <summary>Whether a kind is looked at.</summary>
    public bool Includes(string group, string kind) => Kinds?.Contains((group, kind)) != false;
}
