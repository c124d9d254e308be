namespace KonUpgrade.Engine.Kubernetes;

/// <summary>Kinds that every API server has in one version.</summary>
internal static class CoreResources
{
    public static ApiResource Nodes { get; } = new() { Group = "", Version = "v1", Kind = "Node", Plural = "nodes", Singular = "node", Namespaced = false };

    public static ApiResource Namespaces { get; } = new() { Group = "", Version = "v1", Kind = "Namespace", Plural = "namespaces", Singular = "namespace", Namespaced = false };

    public static ApiResource Pods { get; } = new() { Group = "", Version = "v1", Kind = "Pod", Plural = "pods", Singular = "pod", Namespaced = true };

    public static ApiResource ServiceAccounts { get; } = new() { Group = "", Version = "v1", Kind = "ServiceAccount", Plural = "serviceaccounts", Singular = "serviceaccount", Namespaced = true };

    public static ApiResource Claims { get; } = new() { Group = "", Version = "v1", Kind = "PersistentVolumeClaim", Plural = "persistentvolumeclaims", Singular = "persistentvolumeclaim", Namespaced = true };

    public static ApiResource Jobs { get; } = new() { Group = "batch", Version = "v1", Kind = "Job", Plural = "jobs", Singular = "job", Namespaced = true };

    public static ApiResource DaemonSets { get; } = Apps("DaemonSet", "daemonsets");

    public static ApiResource Deployments { get; } = Apps("Deployment", "deployments");

    public static ApiResource ReplicaSets { get; } = Apps("ReplicaSet", "replicasets");

    public static ApiResource StatefulSets { get; } = Apps("StatefulSet", "statefulsets");

    public static ApiResource ReplicationControllers { get; } =
        new() { Group = "", Version = "v1", Kind = "ReplicationController", Plural = "replicationcontrollers", Singular = "replicationcontroller", Namespaced = true };

    public static ApiResource Services { get; } = new() { Group = "", Version = "v1", Kind = "Service", Plural = "services", Singular = "service", Namespaced = true };

    public static ApiResource Secrets { get; } = new() { Group = "", Version = "v1", Kind = "Secret", Plural = "secrets", Singular = "secret", Namespaced = true };

    public static ApiResource ConfigMaps { get; } = new() { Group = "", Version = "v1", Kind = "ConfigMap", Plural = "configmaps", Singular = "configmap", Namespaced = true };

    private static ApiResource Apps(string kind, string plural) =>
        new() { Group = "apps", Version = "v1", Kind = kind, Plural = plural, Singular = plural[..^1], Namespaced = true };
}
