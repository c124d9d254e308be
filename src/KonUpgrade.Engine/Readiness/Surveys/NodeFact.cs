using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A node.</summary>
internal sealed record NodeFact : ObjectFact
{
    private NodeFact(KubernetesObject o)
        : base(o)
    {
        var info = o.Root.Member("status"u8).Member("nodeInfo"u8);
        IsCordoned = o.Root.Member("spec"u8).Member("unschedulable"u8).ValueKind == System.Text.Json.JsonValueKind.True;
        KubeletVersion = info.Text("kubeletVersion");
        KubeProxyVersion = info.Text("kubeProxyVersion") is { Length: > 0 } version ? version : null;
        OsImage = info.Text("osImage");
        Runtime = info.Text("containerRuntimeVersion");
        Conditions = Condition.Of(o.Root);
        Zone = o.Label("topology.kubernetes.io/zone") ?? o.Label("failure-domain.beta.kubernetes.io/zone");
    }

    public static FactKind<NodeFact> All { get; } = FactKind<NodeFact>.Of(CoreResources.Nodes, static o => new NodeFact(o));

    public bool IsCordoned { get; }

    /// <summary>As the kubelet tells it: <c>v1.33.5-eks-113cf36</c>.</summary>
    public string? KubeletVersion { get; }

    /// <summary>What the kubelet takes kube-proxy's to be; kubelets since 1.33 do not tell.</summary>
    public string? KubeProxyVersion { get; }

    public string? OsImage { get; }

    /// <summary>As <c>containerd://1.7.27</c>.</summary>
    public string? Runtime { get; }

    public string? Zone { get; }

    public IReadOnlyList<Condition> Conditions { get; }

    public Condition? Ready => Conditions.FirstOrDefault(condition => condition.Type == "Ready");
}
