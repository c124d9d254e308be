namespace KonUpgrade.Sandbox.Velero.Restores;

/// <summary>In which order kinds are restored, and which never are.</summary>
internal static class RestoreOrder
{
    /// <summary>Never restored, and so added to what every restore excludes.</summary>
    public static readonly IReadOnlyList<string> Never =
    [
        "nodes", "events", "events.events.k8s.io", "backups.velero.io", "restores.velero.io", "resticrepositories.velero.io",
        "csinodes.storage.k8s.io", "volumeattachments.storage.k8s.io", "backuprepositories.velero.io",
    ];

    private static readonly string[] High =
    [
        "customresourcedefinitions.apiextensions.k8s.io", "namespaces", "storageclasses.storage.k8s.io", "volumesnapshotclasses.snapshot.storage.k8s.io",
        "volumesnapshotcontents.snapshot.storage.k8s.io", "volumesnapshots.snapshot.storage.k8s.io", "datauploads.velero.io", "persistentvolumes",
        "persistentvolumeclaims", "clusterroles.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io", "serviceaccounts",
        "clusterrolebindings.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io", "secrets", "configmaps", "limitranges",
        "priorityclasses.scheduling.k8s.io", "pods", "replicasets.apps", "clusterclasses.cluster.x-k8s.io", "endpoints", "services",
    ];

    private static readonly string[] Low =
    [
        "clusterbootstraps.run.tanzu.vmware.com", "clusters.cluster.x-k8s.io", "clusterresourcesets.addons.cluster.x-k8s.io",
        "apps.kappctrl.k14s.io", "packageinstalls.packaging.carvel.dev",
    ];

    /// <summary>What to sort kinds by; kinds of the same rank come by their names.</summary>
    public static int Rank(string kind)
    {
        int high = Array.IndexOf(High, kind);
        if (high >= 0) return high;
        int low = Array.IndexOf(Low, kind);
        return low >= 0 ? High.Length + 1 + low : High.Length;
    }
}
