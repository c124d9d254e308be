using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Readiness.Health;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Comparing;

/// <summary>What of an object counts when two clusters are compared; its JSON is not kept.</summary>
/// <param name="Key">What it is.</param>
/// <param name="ApiVersion">Its group and version.</param>
internal sealed record ComparedObject(ObjectKey Key, string ApiVersion)
{
    private static readonly string[] s_workloads = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

    /// <summary>Whether it was deleted, and is not gone yet.</summary>
    public bool IsDeleting { get; init; }

    /// <summary>Why it is held; null where it is not.</summary>
    public string? Held { get; init; }

    /// <summary>How its Pods are, of a workload.</summary>
    public ComparedPods? Pods { get; init; }

    /// <summary>What Pods a Service selects, or null.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Whether a Service's load balancer or an Ingress has an address; null for what needs none.</summary>
    public bool? HasAddress { get; init; }

    /// <summary>A claim's phase.</summary>
    public string? Phase { get; init; }

    /// <summary>A claim's storage class.</summary>
    public string? StorageClass { get; init; }

    /// <summary>What the object tells of itself, by type with status; of custom kinds and their definitions alone.</summary>
    public IReadOnlyDictionary<string, string> Conditions { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Whether objects of a kind are compared: what runs, how it is reached, where it keeps its data, and custom kinds with their definitions.</summary>
    public static bool IsCompared(ApiResource resource) => resource.Group switch
    {
        "apps" => s_workloads.Contains(resource.Kind),
        "" => resource.Kind is "Service" or "PersistentVolumeClaim" or "ReplicationController",
        "batch" => resource.Kind == "CronJob",
        "networking.k8s.io" => resource.Kind == "Ingress",
        "apiextensions.k8s.io" => resource.Kind == "CustomResourceDefinition",
        var group => !BuiltInGroups.Contains(group),
    };

    /// <summary>Reads an object.</summary>
    public static ComparedObject Of(ApiResource resource, KubernetesObject o)
    {
        var read = new ComparedObject(new ObjectKey(resource.Group, resource.Kind, o.Namespace is { } ns ? string.Intern(ns) : null, o.Name), resource.ApiVersion)
        {
            IsDeleting = o.Metadata.Text("deletionTimestamp") is not null,
            Held = WorkloadHold.IsHeld(o) ? WhyHeld(o) : null,
        };
        return (resource.Group, resource.Kind) switch
        {
            ("apps", _) or ("", "ReplicationController") => read with { Pods = ComparedPods.Of(resource, o) },
            ("", "Service") when ServiceFact.All.Read(o, resource) is { } service => read with { Selector = service.Selector, HasAddress = service.Type == "LoadBalancer" ? service.HasAddress : null },
            ("", "PersistentVolumeClaim") when ClaimFact.All.Read(o, resource) is { } claim => read with { Phase = claim.Phase, StorageClass = claim.StorageClass },
            ("networking.k8s.io", _) when IngressFact.All.Read(o, resource) is { } ingress => read with { HasAddress = ingress.HasAddress },
            ("batch", _) => read,
            _ => read with { Conditions = Told(o) },
        };
    }

    private static Dictionary<string, string> Told(KubernetesObject o)
    {
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        // Of several of one type the last counts.
        foreach (var condition in Condition.Of(o.Root).Where(condition => condition.Status.Length > 0))
            told[string.Intern(condition.Type)] = string.Intern(condition.Status);
        return told;
    }

    private static string WhyHeld(KubernetesObject o)
    {
        const string Plainly = "It is held back until it is released (Resume-ClusterWorkload).";
        try
        {
            var state = HoldState.Parse(o.Annotation(HoldState.Annotation) ?? "", o.ToString());
            return state switch
            {
                { Outward.Reason: { } reason } => $"It is held, since {reason}.",
                { Reason: { Length: > 0 } reason } => $"It is held: {reason}",
                { Upgrade: { } upgrade } => $"The upgrade {upgrade} holds it.",
                _ => Plainly,
            };
        }
        catch (UpgradeException e)
        {
            return e.Failure.Message;
        }
    }
}

/// <summary>How the Pods of a workload are.</summary>
/// <param name="Containers">The containers of its template.</param>
/// <param name="Wanted">How many it should have, held or not; null where the nodes decide.</param>
/// <param name="Ready">How many are ready.</param>
/// <param name="Expected">How many it should have as it is now.</param>
/// <param name="Lack">What keeps it from being as it should be; null where nothing does.</param>
internal sealed record ComparedPods(IReadOnlyList<ContainerFact> Containers, long? Wanted, long Ready, long Expected, string? Lack)
{
    public static ComparedPods? Of(ApiResource resource, KubernetesObject o)
    {
        if (WorkloadFact.All.Read(o, resource) is not { } fact)
            return null;
        return new ComparedPods(fact.Containers, fact.IsDaemonSet ? null : fact.IsHeld ? Before(resource, o) ?? fact.Wanted : fact.Wanted, fact.Ready, fact.Wanted, WorkloadsAvailableCheck.Lack(fact));
    }

    // What it should have when nobody holds it.
    private static long? Before(ApiResource resource, KubernetesObject o)
    {
        try
        {
            if (WorkloadHold.Release(o) is not { } released)
                return null;
            using var before = KubernetesObject.Parse(released.Json);
            return WorkloadFact.All.Read(before, resource)?.Wanted;
        }
        catch (UpgradeException)
        {
            // Nobody can tell.
            return null;
        }
    }
}
