using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>Every Service that selects pods has an endpoint that is ready, and every load balancer an address.</summary>
internal sealed class ServicesAnswerCheck : IReadinessCheck<ClusterSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "ServicesAnswer",
        Title = "Every Service has an endpoint that is ready",
        Category = ReadinessCategory.Network,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Look whether the Service's selector fits its pods, and whether they are ready.",
        Documentation = "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/",
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var services = await subject.ReadAsync(ServiceFact.All, cancellationToken).ConfigureAwait(false);
        var ready = (await subject.ReadAsync(EndpointFact.Ready, cancellationToken).ConfigureAwait(false)).ToHashSet();
        var silent = services.Where(service => service is { Selector: not null, Type: not "ExternalName" } && !ready.Contains(new EndpointFact(service.Namespace ?? "", service.Name))).ToList();
        // Whom it selects is asked only where somebody does not answer.
        var workloads = silent.Count == 0 ? [] : await subject.ReadAsync(WorkloadFact.All, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(services.Count, "Service",
        [
            .. silent.Select(service => Silent(service, workloads)),
            .. services.Where(service => service is { Type: "LoadBalancer", HasAddress: false }).Select(service => service.Finding(
                "its load balancer has no address", remedy: "Look at the Service's events: whoever makes load balancers tells there why it does not.")),
        ]);
    }

    // Where all that it selects wants no pods, nobody expects an answer.
    private static ReadinessFinding Silent(ServiceFact service, IReadOnlyList<WorkloadFact> workloads)
    {
        var selected = workloads.Where(workload => workload.Namespace == service.Namespace && service.Selector!.Matches(workload.TemplateLabels)).ToList();
        if (selected.Count > 0 && selected.TrueForAll(workload => workload.Wanted == 0))
        {
            return service.Finding(
                $"it has no endpoint, since {selected[0]} {(selected[0].IsHeld ? "is held" : "wants no pods")}", ReadinessSeverity.Advisory,
                remedy: selected[0].IsHeld ? "Release it when it should run (Resume-ClusterWorkload)." : "Scale it up, or remove the Service, where that is not meant.");
        }
        return service.Finding(selected.Count == 0 ? "no endpoint is ready, and no workload's pods fit its selector" : $"no endpoint is ready of {selected[0]}");
    }
}
