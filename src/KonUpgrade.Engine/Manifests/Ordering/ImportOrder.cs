namespace KonUpgrade.Engine.Manifests.Ordering;

/// <summary>
/// The order in which the kinds of a configuration arrive. The order of Kubernetes' own kinds is fixed; a system may
/// name an order for kinds of its own, which then follow each other among the custom resources. Owners and owned are
/// not its business: an owned object waits for its owner wherever that comes (<see cref="OwnerWaits{T}"/>).
/// </summary>
public sealed class ImportOrder
{
    private static readonly Dictionary<(string Group, string Kind), ImportStage> s_stages = new()
    {
        [("", "Namespace")] = ImportStage.Namespaces,
        [("apiextensions.k8s.io", "CustomResourceDefinition")] = ImportStage.CustomResourceDefinitions,
        [("storage.k8s.io", "StorageClass")] = ImportStage.Classes,
        [("storage.k8s.io", "CSIDriver")] = ImportStage.Classes,
        [("storage.k8s.io", "VolumeAttributesClass")] = ImportStage.Classes,
        [("scheduling.k8s.io", "PriorityClass")] = ImportStage.Classes,
        [("node.k8s.io", "RuntimeClass")] = ImportStage.Classes,
        [("networking.k8s.io", "IngressClass")] = ImportStage.Classes,
        [("resource.k8s.io", "DeviceClass")] = ImportStage.Classes,
        [("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration")] = ImportStage.Classes,
        [("snapshot.storage.k8s.io", "VolumeSnapshotClass")] = ImportStage.Classes,
        [("gateway.networking.k8s.io", "GatewayClass")] = ImportStage.Classes,
        [("", "ServiceAccount")] = ImportStage.Accounts,
        [("rbac.authorization.k8s.io", "ClusterRole")] = ImportStage.Accounts,
        [("rbac.authorization.k8s.io", "Role")] = ImportStage.Accounts,
        [("rbac.authorization.k8s.io", "ClusterRoleBinding")] = ImportStage.Bindings,
        [("rbac.authorization.k8s.io", "RoleBinding")] = ImportStage.Bindings,
        [("", "Secret")] = ImportStage.Data,
        [("", "ConfigMap")] = ImportStage.Data,
        [("", "LimitRange")] = ImportStage.Data,
        [("flowcontrol.apiserver.k8s.io", "FlowSchema")] = ImportStage.Data,
        [("", "PersistentVolume")] = ImportStage.Volumes,
        [("", "PersistentVolumeClaim")] = ImportStage.Volumes,
        [("", "Service")] = ImportStage.Services,
        [("", "Endpoints")] = ImportStage.Services,
        [("discovery.k8s.io", "EndpointSlice")] = ImportStage.Services,
        [("networking.k8s.io", "NetworkPolicy")] = ImportStage.Services,
        [("extensions", "NetworkPolicy")] = ImportStage.Services,
        [("policy", "PodDisruptionBudget")] = ImportStage.Services,
        [("", "Pod")] = ImportStage.Workloads,
        [("", "PodTemplate")] = ImportStage.Workloads,
        [("", "ReplicationController")] = ImportStage.Workloads,
        [("apps", "ControllerRevision")] = ImportStage.Workloads,
        [("apps", "DaemonSet")] = ImportStage.Workloads,
        [("apps", "Deployment")] = ImportStage.Workloads,
        [("apps", "ReplicaSet")] = ImportStage.Workloads,
        [("apps", "StatefulSet")] = ImportStage.Workloads,
        [("extensions", "DaemonSet")] = ImportStage.Workloads,
        [("extensions", "Deployment")] = ImportStage.Workloads,
        [("extensions", "ReplicaSet")] = ImportStage.Workloads,
        [("batch", "Job")] = ImportStage.Workloads,
        [("apiregistration.k8s.io", "APIService")] = ImportStage.ApiServices,
        [("admissionregistration.k8s.io", "ValidatingWebhookConfiguration")] = ImportStage.Admission,
        [("admissionregistration.k8s.io", "MutatingWebhookConfiguration")] = ImportStage.Admission,
        [("admissionregistration.k8s.io", "ValidatingAdmissionPolicy")] = ImportStage.Admission,
        [("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding")] = ImportStage.Admission,
        [("admissionregistration.k8s.io", "MutatingAdmissionPolicy")] = ImportStage.Admission,
        [("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding")] = ImportStage.Admission,
        [("autoscaling", "HorizontalPodAutoscaler")] = ImportStage.Drivers,
        [("networking.k8s.io", "Ingress")] = ImportStage.Drivers,
        [("extensions", "Ingress")] = ImportStage.Drivers,
        [("batch", "CronJob")] = ImportStage.Drivers,
        [("", "ResourceQuota")] = ImportStage.Quotas,
    };

    private readonly Dictionary<string, int> _ranks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _namespaces;

    /// <summary>Makes an order.</summary>
    /// <param name="kinds">Kinds as <c>App.k11n.dev</c> in the order that a system wants them; empty where it wants none.</param>
    /// <param name="namespaces">Kinds whose objects make the namespace of their name.</param>
    public ImportOrder(IEnumerable<string>? kinds = null, IEnumerable<string>? namespaces = null)
    {
        _namespaces = new HashSet<string>(namespaces ?? [], StringComparer.Ordinal);
        foreach (var kind in kinds ?? [])
            _ranks.TryAdd(kind, (_ranks.Count + 1) * RankStep);
    }

    /// <summary>How far apart the ranks of two kinds that follow each other are: room for what comes between.</summary>
    public const int RankStep = 10;

    /// <summary>Where objects of a kind come.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="kind">The kind.</param>
    public ImportPosition PositionOf(string group, string kind)
    {
        var name = group.Length == 0 ? kind : $"{kind}.{group}";
        // After the namespaces that are there in their own right, so that what makes one finds it.
        if (_namespaces.Contains(name))
            return new ImportPosition(ImportStage.Namespaces, 1);
        if (_ranks.TryGetValue(name, out var rank))
            return new ImportPosition(ImportStage.CustomResources, rank);
        return new ImportPosition(s_stages.GetValueOrDefault((group, kind), ImportStage.CustomResources), 0);
    }
}
