using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>Endpoints of a Service that are ready: of servers since 1.21 its slices tell, of older ones its Endpoints.</summary>
/// <param name="Namespace">The Service's namespace.</param>
/// <param name="Service">The Service.</param>
internal sealed record EndpointFact(string Namespace, string Service)
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    /// <summary>One for each slice with an endpoint that is ready.</summary>
    public static FactKind<EndpointFact> Ready { get; } = new(["discovery.k8s.io"], KindsOn, static (o, _) => Read(o));

    private static IEnumerable<ApiResource> KindsOn(ApiCatalog catalog) =>
        (catalog.FindPreferred("discovery.k8s.io", "EndpointSlice") ?? catalog.Find("", "v1", "Endpoints")) is { } resource ? [resource] : [];

    private static EndpointFact? Read(KubernetesObject o)
    {
        if (o.Kind == "Endpoints")
            return o.Root.Objects("subsets").Any(subset => subset.Elements("addresses").Any()) ? new EndpointFact(o.Namespace ?? "", o.Name) : null;
        return o.Label(ServiceLabel) is { } service && EndpointSlices.HasReady(o) ? new EndpointFact(o.Namespace ?? "", service) : null;
    }
}
