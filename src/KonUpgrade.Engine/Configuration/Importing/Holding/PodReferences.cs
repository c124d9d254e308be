using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;

namespace KonUpgrade.Engine.Configuration.Importing.Holding;

/// <summary>
/// What an object needs by name: the Secrets and ConfigMaps of its Pods' environment, volumes and image pulls, the claims
/// that they mount, the certificates of an Ingress, the Secrets of a ServiceAccount. What is marked as optional is not
/// needed.
/// </summary>
internal static class PodReferences
{
    // Volumes of drivers in the tree of Kubernetes, with the field that names their Secret.
    private static readonly (string Volume, string? Inner, string Name)[] s_drivers =
    [
        ("azureFile", null, "secretName"), ("cephfs", "secretRef", "name"), ("csi", "nodePublishSecretRef", "name"), ("flexVolume", "secretRef", "name"),
        ("iscsi", "secretRef", "name"), ("rbd", "secretRef", "name"), ("scaleIO", "secretRef", "name"), ("storageos", "secretRef", "name"),
    ];

    /// <summary>What an object needs, each once.</summary>
    public static IReadOnlySet<ObjectKey> Of(KubernetesObject o)
    {
        var found = new HashSet<ObjectKey>();
        if (o.Namespace is not { } ns)
            return found;
        if (o is { Group: "", Kind: "ServiceAccount" })
        {
            Names(o.Root, "secrets", "Secret", ns, found);
            Names(o.Root, "imagePullSecrets", "Secret", ns, found);
        }
        else if (o is { Group: "networking.k8s.io" or "extensions", Kind: "Ingress" })
        {
            foreach (var tls in o.Root.Member("spec").Objects("tls"))
                Add(tls, "secretName", "Secret", ns, found);
        }
        else
        {
            OfPod(PodSpec(o), ns, found);
        }

        return found;
    }

    /// <summary>The spec of an object's Pods; nothing where it has none. Custom kinds have it where Deployments have it, or nowhere that is known.</summary>
    public static JsonPart PodSpec(KubernetesObject o)
    {
        var spec = o.Root.Member("spec");
        return (o.Group, o.Kind) switch
        {
            ("", "Pod") => spec,
            ("", "PodTemplate") => o.Root.Member("template").Member("spec"),
            ("batch", "CronJob") => spec.Member("jobTemplate").Member("spec").Member("template").Member("spec"),
            _ => spec.Member("template").Member("spec"),
        };
    }

    private static void OfPod(JsonPart pod, string ns, HashSet<ObjectKey> found)
    {
        if (pod.ValueKind != JsonValueKind.Object)
            return;
        Names(pod, "imagePullSecrets", "Secret", ns, found);
        foreach (var list in (string[])["containers", "initContainers", "ephemeralContainers"])
        {
            foreach (var container in pod.Objects(list))
                OfContainer(container, ns, found);
        }

        foreach (var volume in pod.Objects("volumes"))
            OfVolume(volume, ns, found);
    }

    private static void OfContainer(JsonPart container, string ns, HashSet<ObjectKey> found)
    {
        foreach (var variable in container.Objects("env"))
        {
            Add(variable.Member("valueFrom").Member("secretKeyRef"), "name", "Secret", ns, found);
            Add(variable.Member("valueFrom").Member("configMapKeyRef"), "name", "ConfigMap", ns, found);
        }

        foreach (var source in container.Objects("envFrom"))
        {
            Add(source.Member("secretRef"), "name", "Secret", ns, found);
            Add(source.Member("configMapRef"), "name", "ConfigMap", ns, found);
        }
    }

    private static void OfVolume(JsonPart volume, string ns, HashSet<ObjectKey> found)
    {
        Add(volume.Member("secret"), "secretName", "Secret", ns, found);
        Add(volume.Member("configMap"), "name", "ConfigMap", ns, found);
        Add(volume.Member("persistentVolumeClaim"), "claimName", "PersistentVolumeClaim", ns, found);
        foreach (var source in volume.Member("projected").Objects("sources"))
        {
            Add(source.Member("secret"), "name", "Secret", ns, found);
            Add(source.Member("configMap"), "name", "ConfigMap", ns, found);
        }

        foreach (var (driver, inner, name) in s_drivers)
            Add(inner is null ? volume.Member(driver) : volume.Member(driver).Member(inner), name, "Secret", ns, found);
    }

    private static void Names(JsonPart part, string list, string kind, string ns, HashSet<ObjectKey> found)
    {
        foreach (var reference in part.Objects(list))
            Add(reference, "name", kind, ns, found);
    }

    private static void Add(JsonPart reference, string field, string kind, string ns, HashSet<ObjectKey> found)
    {
        if (reference.Text(field) is { Length: > 0 } name && reference.Member("optional").ValueKind != JsonValueKind.True)
            found.Add(new ObjectKey("", kind, ns, name));
    }
}
