using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.ApiVersions;

/// <summary>
/// Versions of Kubernetes' own kinds that are gone, since when, and what came in their place: from the API's own
/// deprecation guide (https://kubernetes.io/docs/reference/using-api/deprecation-guide/).
/// </summary>
internal static class RemovedVersions
{
    private static readonly Dictionary<(string ApiVersion, string Kind), (int Minor, string? Instead)> s_removed = new()
    {
        [("extensions/v1beta1", "DaemonSet")] = (16, "apps/v1"),
        [("extensions/v1beta1", "Deployment")] = (16, "apps/v1"),
        [("extensions/v1beta1", "NetworkPolicy")] = (16, "networking.k8s.io/v1"),
        [("extensions/v1beta1", "PodSecurityPolicy")] = (16, null),
        [("extensions/v1beta1", "ReplicaSet")] = (16, "apps/v1"),
        [("apps/v1beta1", "Deployment")] = (16, "apps/v1"),
        [("apps/v1beta1", "StatefulSet")] = (16, "apps/v1"),
        [("apps/v1beta2", "DaemonSet")] = (16, "apps/v1"),
        [("apps/v1beta2", "Deployment")] = (16, "apps/v1"),
        [("apps/v1beta2", "ReplicaSet")] = (16, "apps/v1"),
        [("apps/v1beta2", "StatefulSet")] = (16, "apps/v1"),
        [("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration")] = (22, "admissionregistration.k8s.io/v1"),
        [("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration")] = (22, "admissionregistration.k8s.io/v1"),
        [("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition")] = (22, "apiextensions.k8s.io/v1"),
        [("apiregistration.k8s.io/v1beta1", "APIService")] = (22, "apiregistration.k8s.io/v1"),
        [("certificates.k8s.io/v1beta1", "CertificateSigningRequest")] = (22, "certificates.k8s.io/v1"),
        [("coordination.k8s.io/v1beta1", "Lease")] = (22, "coordination.k8s.io/v1"),
        [("extensions/v1beta1", "Ingress")] = (22, "networking.k8s.io/v1"),
        [("networking.k8s.io/v1beta1", "Ingress")] = (22, "networking.k8s.io/v1"),
        [("networking.k8s.io/v1beta1", "IngressClass")] = (22, "networking.k8s.io/v1"),
        [("rbac.authorization.k8s.io/v1beta1", "ClusterRole")] = (22, "rbac.authorization.k8s.io/v1"),
        [("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding")] = (22, "rbac.authorization.k8s.io/v1"),
        [("rbac.authorization.k8s.io/v1beta1", "Role")] = (22, "rbac.authorization.k8s.io/v1"),
        [("rbac.authorization.k8s.io/v1beta1", "RoleBinding")] = (22, "rbac.authorization.k8s.io/v1"),
        [("scheduling.k8s.io/v1beta1", "PriorityClass")] = (22, "scheduling.k8s.io/v1"),
        [("storage.k8s.io/v1beta1", "CSIDriver")] = (22, "storage.k8s.io/v1"),
        [("storage.k8s.io/v1beta1", "CSINode")] = (22, "storage.k8s.io/v1"),
        [("storage.k8s.io/v1beta1", "StorageClass")] = (22, "storage.k8s.io/v1"),
        [("storage.k8s.io/v1beta1", "VolumeAttachment")] = (22, "storage.k8s.io/v1"),
        [("autoscaling/v2beta1", "HorizontalPodAutoscaler")] = (25, "autoscaling/v2"),
        [("batch/v1beta1", "CronJob")] = (25, "batch/v1"),
        [("discovery.k8s.io/v1beta1", "EndpointSlice")] = (25, "discovery.k8s.io/v1"),
        [("events.k8s.io/v1beta1", "Event")] = (25, "events.k8s.io/v1"),
        [("node.k8s.io/v1beta1", "RuntimeClass")] = (25, "node.k8s.io/v1"),
        [("policy/v1beta1", "PodDisruptionBudget")] = (25, "policy/v1"),
        [("policy/v1beta1", "PodSecurityPolicy")] = (25, null),
        [("autoscaling/v2beta2", "HorizontalPodAutoscaler")] = (26, "autoscaling/v2"),
        [("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema")] = (26, "flowcontrol.apiserver.k8s.io/v1"),
        [("flowcontrol.apiserver.k8s.io/v1beta1", "PriorityLevelConfiguration")] = (26, "flowcontrol.apiserver.k8s.io/v1"),
        [("storage.k8s.io/v1beta1", "CSIStorageCapacity")] = (27, "storage.k8s.io/v1"),
        [("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema")] = (29, "flowcontrol.apiserver.k8s.io/v1"),
        [("flowcontrol.apiserver.k8s.io/v1beta2", "PriorityLevelConfiguration")] = (29, "flowcontrol.apiserver.k8s.io/v1"),
        [("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema")] = (32, "flowcontrol.apiserver.k8s.io/v1"),
        [("flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration")] = (32, "flowcontrol.apiserver.k8s.io/v1"),
    };

    /// <summary>In which version objects are written on a server of a version of Kubernetes.</summary>
    /// <param name="server">The version of Kubernetes.</param>
    /// <param name="apiVersion">The object's group and version.</param>
    /// <param name="kind">The object's kind.</param>
    /// <returns>The same where that is not gone; null where nothing came in its place.</returns>
    public static string? On(ServerVersion server, string apiVersion, string kind) =>
        s_removed.TryGetValue((apiVersion, kind), out var removed) && server.IsAtLeast(1, removed.Minor) ? removed.Instead : apiVersion;
}
