using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>Every Ingress was taken by a controller, which tells its address.</summary>
internal sealed class IngressesHaveAddressCheck : IReadinessCheck<ClusterSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "IngressesHaveAddress",
        Title = "Every Ingress has an address",
        Category = ReadinessCategory.Network,
        // Some controllers write no address and serve all the same.
        Severity = ReadinessSeverity.Advisory,
        Remedy = "Look whether the ingress controller runs and whether the Ingress names its class.",
        Documentation = "https://kubernetes.io/docs/concepts/services-networking/ingress/",
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var ingresses = await subject.ReadAsync(IngressFact.All, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(
            ingresses.Count, "Ingress", [.. ingresses.Where(ingress => !ingress.HasAddress).Select(ingress => ingress.Finding("no controller has told an address", ReadinessSeverity.Advisory, ingress.CreatedAt))],
            "Ingresses");
    }
}
