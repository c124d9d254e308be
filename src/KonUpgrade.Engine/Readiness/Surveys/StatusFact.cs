using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>An object of which only its conditions matter.</summary>
internal sealed record StatusFact : ObjectFact
{
    public StatusFact(KubernetesObject o)
        : base(o) => Conditions = Condition.Of(o.Root);

    public static FactKind<StatusFact> Definitions { get; } = FactKind<StatusFact>.Of("apiextensions.k8s.io", "CustomResourceDefinition", static o => new StatusFact(o));

    public static FactKind<StatusFact> ApiServices { get; } = FactKind<StatusFact>.Of("apiregistration.k8s.io", "APIService", static o => new StatusFact(o));

    public IReadOnlyList<Condition> Conditions { get; }

    public Condition? Find(string type) => Conditions.FirstOrDefault(condition => condition.Type == type);
}
