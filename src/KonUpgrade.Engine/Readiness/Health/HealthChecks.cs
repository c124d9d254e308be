using KonUpgrade.Engine.Readiness.Surveys;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>The checks that tell of any cluster whether it is well.</summary>
public static class HealthChecks
{
    /// <summary>All of them, in the order in which they are told.</summary>
    public static IReadOnlyList<IReadinessCheck<ClusterSurvey>> All { get; } =
    [
        new ApiServicesAvailableCheck(),
        new DefinitionsEstablishedCheck(),
        new WebhooksAnswerCheck(),
        new NodesReadyCheck(),
        new WorkloadsAvailableCheck(),
        new PodsRunningCheck(),
        new ServicesAnswerCheck(),
        new IngressesHaveAddressCheck(),
        new ClaimsBoundCheck(),
        new ResourcesReadyCheck(),
    ];
}
