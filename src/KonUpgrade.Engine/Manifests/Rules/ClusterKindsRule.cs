using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out kinds of which no object ever belongs on another cluster.</summary>
internal sealed class ClusterKindsRule : IManifestRule
{
    private const string OfNodes = "It describes a node of this cluster, or what is attached to one.";
    private const string Measured = "It is measured, not configured.";

    public string Name => "ClusterKinds";

    public bool AppliesTo(string group, string kind) => Reason(group, kind) is not null;

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (Reason(o.Group, o.Kind) is { } reason)
            outcome.LeaveOut(reason, LeftOutGroup.WholeKind);
    }

    /// <summary>Why the kind never travels, or null where it may.</summary>
    public static string? Reason(string group, string kind) => (group, kind) switch
    {
        ("" or "events.k8s.io", "Event") => "It tells what happened on this cluster.",
        ("", "Node") => "A node belongs to its cluster.",
        ("storage.k8s.io", "CSINode" or "VolumeAttachment") => OfNodes,
        ("storage.k8s.io", "CSIStorageCapacity") => Measured,
        ("resource.k8s.io", "ResourceSlice") => OfNodes,
        ("coordination.k8s.io", "Lease" or "LeaseCandidate") => "It says who leads on this cluster now.",
        ("networking.k8s.io", "IPAddress") => "It says which addresses of this cluster's network are taken.",
        ("apps", "ControllerRevision") => "A controller makes it anew.",
        ("", "ComponentStatus") => Measured,
        ("certificates.k8s.io", "CertificateSigningRequest") => "It asks this cluster's certificate authority.",
        _ => ReasonForGroup(group),
    };

    /// <summary>Why no kind of the group ever travels, or null where some may.</summary>
    public static string? ReasonForGroup(string group) => group switch
    {
        "metrics.k8s.io" or "custom.metrics.k8s.io" or "external.metrics.k8s.io" => Measured,
        "internal.apiserver.k8s.io" => "It belongs to the API servers of this cluster.",
        _ => null,
    };
}
