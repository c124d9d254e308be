namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A workload that a Service leads to.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Service">One of those that lead there.</param>
internal sealed record ServedWorkload(WorkloadFact Workload, ServiceFact Service)
{
    /// <summary>Those of a cluster.</summary>
    public static async Task<IReadOnlyList<ServedWorkload>> ReadAsync(ClusterSurvey survey, CancellationToken cancellationToken)
    {
        var workloads = await survey.ReadAsync(WorkloadFact.All, cancellationToken).ConfigureAwait(false);
        var services = (await survey.ReadAsync(ServiceFact.All, cancellationToken).ConfigureAwait(false)).Where(service => service.Selector is not null).ToLookup(service => service.Namespace);
        return
        [
            .. workloads.Select(workload => (Workload: workload, Service: services[workload.Namespace].FirstOrDefault(service => service.Selector!.Matches(workload.TemplateLabels))))
                .Where(one => one.Service is not null)
                .Select(one => new ServedWorkload(one.Workload, one.Service!)),
        ];
    }
}
