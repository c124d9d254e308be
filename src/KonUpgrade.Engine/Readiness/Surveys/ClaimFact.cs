using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A PersistentVolumeClaim.</summary>
internal sealed record ClaimFact : ObjectFact
{
    private ClaimFact(KubernetesObject o)
        : base(o)
    {
        var spec = o.Root.Member("spec"u8);
        Phase = o.Root.Member("status"u8).Text("phase") ?? "";
        StorageClass = spec.Text("storageClassName");
        Volume = spec.Text("volumeName");
    }

    public static FactKind<ClaimFact> All { get; } = FactKind<ClaimFact>.Of(CoreResources.Claims, static o => new ClaimFact(o));

    public string Phase { get; }

    public string? StorageClass { get; }

    public string? Volume { get; }
}
