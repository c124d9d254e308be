using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A StorageClass.</summary>
internal sealed record StorageClassFact : ObjectFact
{
    private StorageClassFact(KubernetesObject o)
        : base(o)
    {
        WaitsForPod = o.Root.Text("volumeBindingMode") == "WaitForFirstConsumer";
        IsDefault = o.Annotation("storageclass.kubernetes.io/is-default-class") == "true";
    }

    public static FactKind<StorageClassFact> All { get; } = FactKind<StorageClassFact>.Of("storage.k8s.io", "StorageClass", static o => new StorageClassFact(o));

    /// <summary>Whether claims are bound only when a Pod wants them (<c>WaitForFirstConsumer</c>).</summary>
    public bool WaitsForPod { get; }

    public bool IsDefault { get; }
}
