using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A Service.</summary>
internal sealed record ServiceFact : ObjectFact
{
    private ServiceFact(KubernetesObject o)
        : base(o)
    {
        var spec = o.Root.Member("spec"u8);
        Type = spec.Text("type") ?? "ClusterIP";
        Selector = spec.Member("selector"u8) is { HasContent: true } selector ? LabelSelector.OfLabels(selector) : null;
        HasAddress = o.Root.Member("status"u8).Member("loadBalancer"u8).Elements("ingress").Any();
    }

    public static FactKind<ServiceFact> All { get; } = FactKind<ServiceFact>.Of(CoreResources.Services, static o => new ServiceFact(o));

    public string Type { get; }

    /// <summary>Which Pods answer for it; null where somebody else keeps its endpoints, or it has none.</summary>
    public LabelSelector? Selector { get; }

    /// <summary>Whether its load balancer has an address.</summary>
    public bool HasAddress { get; }
}
