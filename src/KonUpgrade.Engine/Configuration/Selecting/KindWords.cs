using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;

namespace KonUpgrade.Engine.Configuration.Selecting;

/// <summary>The words for a kind where no cluster can be asked: its name, its regular plurals, and the short names that everybody knows.</summary>
internal static class KindWords
{
    // The short names of Kubernetes' own kinds that travel, as every server tells them: two directories can't ask one.
    private static readonly Dictionary<string, (string Group, string Kind)> s_shortNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cm"] = ("", "ConfigMap"),
        ["limits"] = ("", "LimitRange"),
        ["ns"] = ("", "Namespace"),
        ["pv"] = ("", "PersistentVolume"),
        ["pvc"] = ("", "PersistentVolumeClaim"),
        ["po"] = ("", "Pod"),
        ["quota"] = ("", "ResourceQuota"),
        ["sa"] = ("", "ServiceAccount"),
        ["svc"] = ("", "Service"),
        ["crd"] = ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ["crds"] = ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ["deploy"] = ("apps", "Deployment"),
        ["ds"] = ("apps", "DaemonSet"),
        ["sts"] = ("apps", "StatefulSet"),
        ["hpa"] = ("autoscaling", "HorizontalPodAutoscaler"),
        ["cj"] = ("batch", "CronJob"),
        ["ing"] = ("networking.k8s.io", "Ingress"),
        ["netpol"] = ("networking.k8s.io", "NetworkPolicy"),
        ["pdb"] = ("policy", "PodDisruptionBudget"),
        ["pc"] = ("scheduling.k8s.io", "PriorityClass"),
        ["sc"] = ("storage.k8s.io", "StorageClass"),
    };

    /// <summary>Whether a word means the kind of an object, with or without its group, or its version and group.</summary>
    public static bool Means(string word, ObjectKey key, string apiVersion)
    {
        if (IsName(word, key.Kind) || (s_shortNames.TryGetValue(word, out var meant) && meant == (key.Group, key.Kind)))
            return true;
        if (word.IndexOf('.', StringComparison.Ordinal) is not (> 0 and var dot) || !IsName(word[..dot], key.Kind))
            return false;
        var rest = word[(dot + 1)..];
        var version = ApiResource.VersionOf(apiVersion);
        return Same(rest, key.Group.Length == 0 ? version : key.Group) || Same(rest, $"{version}.{key.Group}");
    }

    private static bool IsName(string word, string kind) =>
        Same(word, kind) || Same(word, kind + "s") || Same(word, kind + "es") || (kind.EndsWith('y') && Same(word, kind[..^1] + "ies"));

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
