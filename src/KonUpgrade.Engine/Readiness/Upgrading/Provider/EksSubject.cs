using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Provider;

/// <summary>A cluster of an upgrade that is known to be one of EKS, and the way to ask the service about it.</summary>
internal sealed class EksSubject : IDisposable
{
    private readonly EksAccess _access;

    private EksSubject(ClusterSurvey survey, EksAccess access, Cluster cluster) => (Survey, _access, Cluster) = (survey, access, cluster);

    /// <summary>What messages call it.</summary>
    public string Name => Survey.Name;

    /// <summary>The cluster as its API server has it.</summary>
    public ClusterSurvey Survey { get; }

    /// <summary>The cluster as the service tells it.</summary>
    public Cluster Cluster { get; }

    /// <summary>Its name in EKS.</summary>
    public string ClusterName => _access.ClusterName;

    /// <summary>The service.</summary>
    public EksClient Client => _access.Client;

    /// <summary>The clusters of an upgrade, each with how much it weighs what ails it: a blue that is left behind may have its troubles, a green that takes over may not.</summary>
    public static IEnumerable<(ClusterSurvey Survey, ReadinessSeverity Severity)> ClustersOf(UpgradeSurvey subject)
    {
        yield return (subject.Blue, subject.WhenDrained);
        if (subject.Green is { } green)
            yield return (green, ReadinessSeverity.Blocking);
    }

    /// <summary>Why nothing can be asked of the service about a cluster.</summary>
    public static ReadinessOutcome NotOne(ClusterSurvey survey) =>
        ReadinessOutcome.None($"Nothing tells that {survey.Name} is a cluster of EKS (a managed cluster, a login by 'aws eks get-token', or an ARN).");

    /// <summary>Finds it in the service, and proves that it is the cluster that is connected.</summary>
    /// <returns>Null where nothing tells that it is a cluster of EKS.</returns>
    /// <exception cref="UpgradeException">The service can't be asked, or its cluster of that name is another one.</exception>
    public static async Task<EksSubject?> OpenAsync(ClusterSurvey survey, IReporter reporter, CancellationToken cancellationToken)
    {
        if (survey.Cluster.Eks is null)
            return null;
        var access = EksAccess.Open(survey.Cluster, null, reporter);
        try
        {
            return new EksSubject(survey, access, await access.RequireSameAsync(cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            access.Dispose();
            throw;
        }
    }

    /// <summary>A finding about a thing of the service that belongs to it.</summary>
    public ReadinessFinding Finding(string? thing, string message, ReadinessSeverity severity, string? remedy = null, DateTimeOffset? since = null) =>
        new() { Target = thing is null ? Name : $"{Name}: {thing}", Message = message, Severity = severity, Remedy = remedy, Since = since };

    /// <inheritdoc/>
    public void Dispose() => _access.Dispose();
}
