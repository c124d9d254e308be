using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Velero.Objects;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A place where Velero keeps backups.</summary>
internal sealed record VeleroLocationFact : ObjectFact
{
    private VeleroLocationFact(KubernetesObject o)
        : base(o) => Location = VeleroLocation.Of(o);

    public static FactKind<VeleroLocationFact> All { get; } = FactKind<VeleroLocationFact>.Of(VeleroResources.Group, "BackupStorageLocation", static o => new VeleroLocationFact(o));

    public VeleroLocation Location { get; }
}
