using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Workloads;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>What keeps Pods running: a Deployment, StatefulSet or DaemonSet, or a ReplicaSet or ReplicationController that nothing else manages.</summary>
internal sealed record WorkloadFact : ObjectFact
{
    private WorkloadFact(KubernetesObject o)
        : base(o)
    {
        var spec = o.Root.Member("spec"u8);
        var status = o.Root.Member("status"u8);
        var template = spec.Member("template"u8);
        IsDaemonSet = Kind == "DaemonSet";
        Wanted = (IsDaemonSet ? status.Number("desiredNumberScheduled") : spec.Number("replicas") ?? 1) ?? 0;
        Ready = status.Number(IsDaemonSet ? "numberReady" : "readyReplicas") ?? 0;
        Updated = Kind is "ReplicaSet" or "ReplicationController" ? null : status.Number(IsDaemonSet ? "updatedNumberScheduled" : "updatedReplicas") ?? 0;
        IsSeen = (status.Number("observedGeneration") ?? 0) >= (o.Metadata.Number("generation") ?? 0);
        IsPaused = spec.Member("paused"u8).ValueKind == System.Text.Json.JsonValueKind.True;
        UpdatesByHand = spec.Member("updateStrategy"u8).Text("type") == "OnDelete";
        Partition = spec.Member("updateStrategy"u8).Member("rollingUpdate"u8).Number("partition") ?? 0;
        IsHeld = o.Annotation(HoldState.Annotation) is not null;
        Conditions = Condition.Of(o.Root);
        TemplateLabels = template.Member("metadata"u8).Member("labels"u8).Clone();
        ServiceAccount = template.Member("spec"u8).Text("serviceAccountName");
        Containers = [.. template.Member("spec"u8).Objects("containers").Select(ContainerFact.Of)];
    }

    /// <summary>All of them.</summary>
    public static FactKind<WorkloadFact> All { get; } = new(
        [],
        static _ => [CoreResources.Deployments, CoreResources.StatefulSets, CoreResources.DaemonSets, CoreResources.ReplicaSets, CoreResources.ReplicationControllers],
        static (o, _) => o.Controller.ValueKind == System.Text.Json.JsonValueKind.Object && o.Kind is "ReplicaSet" or "ReplicationController" ? null : new WorkloadFact(o));

    /// <summary>How many Pods it should have: of a DaemonSet one a node that it is for.</summary>
    public long Wanted { get; }

    /// <summary>How many of them are ready.</summary>
    public long Ready { get; }

    /// <summary>How many are of its newest template; null of a kind that does not roll out.</summary>
    public long? Updated { get; }

    /// <summary>Whether its controller has seen it as it is.</summary>
    public bool IsSeen { get; }

    public bool IsPaused { get; }

    public bool IsDaemonSet { get; }

    /// <summary>Whether Pods come to the newest template only when somebody deletes them (<c>OnDelete</c>).</summary>
    public bool UpdatesByHand { get; }

    /// <summary>How many Pods of a StatefulSet stay at the template before (<c>rollingUpdate.partition</c>).</summary>
    public long Partition { get; }

    /// <summary>Whether we hold it.</summary>
    public bool IsHeld { get; }

    public IReadOnlyList<Condition> Conditions { get; }

    public JsonPart TemplateLabels { get; }

    public string? ServiceAccount { get; }

    public IReadOnlyList<ContainerFact> Containers { get; }

    /// <summary>How many Pods should be of the newest template.</summary>
    public long WantedUpdated => UpdatesByHand ? 0 : Math.Max(0, Wanted - Partition);
}

/// <summary>A container of a template.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Image">Its image.</param>
/// <param name="HasReadinessProbe">Whether anything tells when it is ready.</param>
internal sealed record ContainerFact(string Name, string Image, bool HasReadinessProbe)
{
    public static ContainerFact Of(JsonPart container) => new(
        container.Text("name") ?? "",
        container.Text("image") ?? "",
        container.Member("readinessProbe"u8).ValueKind == System.Text.Json.JsonValueKind.Object);
}
