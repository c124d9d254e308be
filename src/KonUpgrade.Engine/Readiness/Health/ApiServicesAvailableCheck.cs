using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>Every API that another server answers for is available; else namespaces can't be deleted and discovery is not whole.</summary>
internal sealed class ApiServicesAvailableCheck : IReadinessCheck<ClusterSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "ApiServicesAvailable",
        Title = "Every APIService is available, and every group tells what it serves",
        Category = ReadinessCategory.Api,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Bring the server behind it back, or delete the APIService where nothing is left of it (often an old metrics adapter).",
        Documentation = "https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var services = await subject.ReadAsync(StatusFact.ApiServices, cancellationToken).ConfigureAwait(false);
        var lacking = services.Where(service => service.Find("Available") is not { IsTrue: true }).Select(service => service.Finding(
            service.Find("Available") is { } why ? $"it is not available: {why.Why}" : "nobody has told that it is available", since: service.Find("Available")?.Since)).ToList();
        // A group may be silent although its APIService says otherwise.
        var silent = subject.Catalog.Failures.Where(failure => !lacking.Exists(finding => IsOf(finding, failure)))
            .Select(failure => new ReadinessFinding { Target = failure.Target ?? "discovery", Message = failure.Message, Severity = ReadinessSeverity.Blocking, Remedy = failure.Recommendation });
        return ReadinessOutcome.Of(services.Count, "APIService", [.. lacking, .. silent]);
    }

    // An APIService is called version.group, a failure of discovery group/version.
    private static bool IsOf(ReadinessFinding finding, Failure failure) =>
        failure.Target?.Split('/') is [var group, var version] && finding.Name == $"{version}.{group}";
}
