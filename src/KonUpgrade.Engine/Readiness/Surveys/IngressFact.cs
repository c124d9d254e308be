using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>An Ingress.</summary>
internal sealed record IngressFact : ObjectFact
{
    private IngressFact(KubernetesObject o)
        : base(o) => HasAddress = o.Root.Member("status"u8).Member("loadBalancer"u8).Elements("ingress").Any();

    public static FactKind<IngressFact> All { get; } = FactKind<IngressFact>.Of("networking.k8s.io", "Ingress", static o => new IngressFact(o));

    /// <summary>Whether its controller has told an address.</summary>
    public bool HasAddress { get; }
}
