using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Workloads;

/// <summary>What a Service leads to tells when it is ready; else a pod counts as ready, and gets traffic, as soon as its program runs.</summary>
internal sealed class ReadinessProbesCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "ReadinessProbes",
        Title = "Every workload behind a Service has a readiness probe",
        Category = ReadinessCategory.Workload,
        Severity = ReadinessSeverity.Advisory,
        Remedy = "Give one of its containers a readinessProbe: without one nothing waits until it can answer.",
        Documentation = "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var served = await ServedWorkload.ReadAsync(subject.Blue, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(
            served.Count, "workload behind a Service",
            [
                .. served.Select(one => one.Workload).Where(workload => workload.Wanted > 0 && !workload.Containers.Any(container => container.HasReadinessProbe))
                    .Select(workload => workload.Finding($"no container has a readiness probe ({NameList.Some([.. workload.Containers.Select(container => container.Name)])})", ReadinessSeverity.Advisory)),
            ],
            "workloads behind Services");
    }
}
