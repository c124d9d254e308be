using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A pod. There may be very many: of each no more is kept than checks ask for.</summary>
internal sealed record PodFact : ObjectFact
{
    private PodFact(KubernetesObject o)
        : base(o)
    {
        var spec = o.Root.Member("spec"u8);
        var status = o.Root.Member("status"u8);
        Phase = string.Intern(status.Text("phase") ?? "");
        Reason = status.Text("reason");
        IsManaged = o.Controller.ValueKind == System.Text.Json.JsonValueKind.Object;
        Unplaced = Phase == "Pending" ? Condition.Of(o.Root).FirstOrDefault(condition => condition is { Type: "PodScheduled", IsFalse: true }) : null;
        Waits = Waiting(status).FirstOrDefault();
        ControlPlane = Namespace == "kube-system" && o.Label("tier") == "control-plane" && o.Label("component") is { } component
            ? new ControlPlanePart(component, ImageVersion.Of(spec.Objects("containers").FirstOrDefault().Text("image") ?? ""))
            : null;
        Labels = o.Metadata.Member("labels"u8).Clone();
        Claims = [.. spec.Objects("volumes").Select(volume => volume.Member("persistentVolumeClaim"u8).Text("claimName")).OfType<string>()];
    }

    public static FactKind<PodFact> All { get; } = FactKind<PodFact>.Of(CoreResources.Pods, static o => new PodFact(o));

    public string Phase { get; }

    /// <summary>Why it is in its phase, in one word: <c>Evicted</c>; or null.</summary>
    public string? Reason { get; }

    /// <summary>Whether an owner makes it anew when it is gone.</summary>
    public bool IsManaged { get; }

    /// <summary>Why no node takes it, while it waits for one; null elsewhere.</summary>
    public Condition? Unplaced { get; }

    /// <summary>The first container that waits for something that does not come by itself; null where none does.</summary>
    public ContainerWait? Waits { get; }

    /// <summary>Which part of the control plane it is, as kubeadm and those who follow it label them; null for any other pod.</summary>
    public ControlPlanePart? ControlPlane { get; }

    public JsonPart Labels { get; }

    /// <summary>The claims whose volumes it mounts.</summary>
    public IReadOnlyList<string> Claims { get; }

    public bool IsFinished => Phase is "Succeeded" or "Failed";

    private static IEnumerable<ContainerWait> Waiting(JsonPart status)
    {
        foreach (var list in (string[])["initContainerStatuses", "containerStatuses"])
        {
            foreach (var container in status.Objects(list))
            {
                var waiting = container.Member("state"u8).Member("waiting"u8);
                if (waiting.Text("reason") is { } reason and not ("ContainerCreating" or "PodInitializing"))
                    yield return new ContainerWait(container.Text("name") ?? "", reason, waiting.Text("message"), container.Number("restartCount") ?? 0);
            }
        }
    }
}

/// <summary>A container that waits.</summary>
/// <param name="Container">Its name.</param>
/// <param name="Reason">For what: <c>CrashLoopBackOff</c>.</param>
/// <param name="Message">In the kubelet's words, or null.</param>
/// <param name="Restarts">How often it was begun again.</param>
internal sealed record ContainerWait(string Container, string Reason, string? Message, long Restarts);

/// <summary>A part of the control plane.</summary>
/// <param name="Component">Which: <c>kube-scheduler</c>.</param>
/// <param name="Version">The version that its image's tag names; null where it names none.</param>
internal sealed record ControlPlanePart(string Component, ServerVersion? Version);
