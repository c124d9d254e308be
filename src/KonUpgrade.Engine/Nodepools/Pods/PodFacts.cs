using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Places;

namespace KonUpgrade.Engine.Nodepools.Pods;

/// <summary>A pod, as it was when it was read: what decides whether, how and where it goes.</summary>
internal sealed record PodFacts
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public string Uid { get; init; } = "";

    /// <summary>The node that it runs on; null while it has none.</summary>
    public string? Node { get; init; }

    public string Phase { get; init; } = "";

    public bool IsReady { get; init; }

    /// <summary>When it was to be gone, where it was deleted.</summary>
    public DateTimeOffset? DeletionTime { get; init; }

    /// <summary>The one owner that manages it, of whatever kind; null where none does.</summary>
    public PodController? Controller { get; init; }

    /// <summary>Whether it stands for a pod that its kubelet runs from a file.</summary>
    public bool IsMirror { get; init; }

    /// <summary>Whether it has an emptyDir, in memory or not.</summary>
    public bool HasEmptyDir { get; init; }

    public JsonPart Labels { get; init; }

    public required PodNeeds Needs { get; init; }

    public bool IsFinished => Phase is "Succeeded" or "Failed";

    public bool IsTerminating => DeletionTime is not null;

    /// <summary>Whether the server asks no budget for it (eviction.go: canIgnorePDB).</summary>
    public bool IsBeyondBudgets => IsFinished || Phase == "Pending" || IsTerminating;

    public string FullName => $"{Namespace}/{Name}";

    public static PodFacts Of(KubernetesObject pod)
    {
        var spec = pod.Root.Member("spec"u8);
        var status = pod.Root.Member("status"u8);
        return new PodFacts
        {
            Namespace = pod.Namespace ?? "",
            Name = pod.Name,
            Uid = pod.Uid ?? "",
            Node = spec.Text("nodeName") is { Length: > 0 } node ? node : null,
            Phase = status.Text("phase") ?? "",
            IsReady = status.Objects("conditions").Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True"),
            DeletionTime = pod.Metadata.Time("deletionTimestamp"),
            Controller = PodController.Of(pod),
            IsMirror = pod.Annotation(MirrorAnnotation) is not null,
            HasEmptyDir = spec.Objects("volumes").Any(volume => volume.Member("emptyDir"u8).ValueKind == JsonValueKind.Object),
            Labels = pod.Metadata.Member("labels"u8).Clone(),
            Needs = PodNeeds.Of(spec),
        };
    }
}

/// <summary>The owner that manages an object.</summary>
internal sealed record PodController(string ApiVersion, string Kind, string Name, string Uid)
{
    /// <summary>Whether it is a DaemonSet (of apps/v1; another kind of the name is anybody's).</summary>
    public bool IsDaemonSet => Kind == "DaemonSet" && ApiVersion == "apps/v1";

    public static PodController? Of(KubernetesObject o) => o.Controller is { ValueKind: JsonValueKind.Object } owner
        ? new PodController(owner.Text("apiVersion") ?? "", owner.Text("kind") ?? "", owner.Text("name") ?? "", owner.Text("uid") ?? "")
        : null;

    public override string ToString() => $"{Kind} {Name}";
}
