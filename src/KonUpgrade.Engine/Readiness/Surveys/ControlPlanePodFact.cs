using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A pod that is a part of the control plane, as kubeadm and those who follow it label them.</summary>
internal sealed record ControlPlanePodFact : ObjectFact
{
    private ControlPlanePodFact(KubernetesObject o, string component)
        : base(o)
    {
        Component = component;
        IsFinished = o.Root.Member("status"u8).Text("phase") is "Succeeded" or "Failed";
        Version = ImageVersion.Of(o.Root.Member("spec"u8).Objects("containers").FirstOrDefault().Text("image") ?? "");
    }

    public static FactKind<ControlPlanePodFact> All { get; } = FactKind<ControlPlanePodFact>.Of(CoreResources.Pods, static o =>
        o is { Namespace: "kube-system" } && o.Label("tier") == "control-plane" && o.Label("component") is { } component ? new ControlPlanePodFact(o, component) : null);

    /// <summary>Which part: <c>kube-scheduler</c>.</summary>
    public string Component { get; }

    /// <summary>The version that its image's tag names; null where it names none.</summary>
    public ServerVersion? Version { get; }

    public bool IsFinished { get; }
}
