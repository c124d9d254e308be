using System.Collections.Concurrent;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A check of which it is known what it looked at.</summary>
/// <param name="check">The check.</param>
internal sealed class TracedCheck(IReadinessCheck<ClusterSurvey> check) : IReadinessCheck<ClusterSurvey>
{
    private readonly ConcurrentDictionary<(string Group, string Kind), ApiResource> _kinds = new();

    public ReadinessRule Rule => check.Rule;

    /// <summary>The check itself.</summary>
    public IReadinessCheck<ClusterSurvey> Check => check;

    /// <summary>The kinds that it has listed.</summary>
    public IEnumerable<ApiResource> Kinds => _kinds.Values;

    public Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken) =>
        check.RunAsync(subject.TellingOf(kind => _kinds[(kind.Group, kind.Kind)] = kind), cancellationToken);
}
