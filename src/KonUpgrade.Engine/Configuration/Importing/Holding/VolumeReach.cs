using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing.Holding;

/// <summary>From where a volume can be reached.</summary>
/// <param name="Kind">From where.</param>
/// <param name="Driver">The CSI driver, or the kind of volume.</param>
internal sealed record VolumeReach(VolumeReachKind Kind, string Driver)
{
    // File systems over a network: several clusters can mount them at once.
    private static readonly string[] s_shared =
    [
        "nfs", "cephfs", "glusterfs", "azureFile", "efs.csi.aws.com", "fsx.csi.aws.com", "fsx.openzfs.csi.aws.com", "s3.csi.aws.com", "nfs.csi.k8s.io", "smb.csi.k8s.io",
        "file.csi.azure.com", "filestore.csi.storage.gke.io",
    ];

    // Disks that a network attaches to one node.
    private static readonly string[] s_attached =
    [
        "awsElasticBlockStore", "gcePersistentDisk", "azureDisk", "cinder", "vsphereVolume", "rbd", "iscsi", "fc", "ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com",
        "disk.csi.azure.com", "pd.csi.storage.gke.io", "cinder.csi.openstack.org", "csi.vsphere.vmware.com",
    ];

    // What lies on a node itself.
    private static readonly string[] s_local = ["hostPath", "local", "hostpath.csi.k8s.io", "topolvm.io", "topolvm.cybozu.com", "local.csi.openebs.io"];

    // What a volume's spec has beside the field that says what it is.
    private static readonly string[] s_common =
        ["accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy", "storageClassName", "volumeAttributesClassName", "volumeMode"];

    /// <summary>From where a PersistentVolume can be reached.</summary>
    public static VolumeReach Of(KubernetesObject volume)
    {
        var spec = volume.Root.Member("spec");
        var driver = spec.Member("csi").Text("driver") ?? (spec.ValueKind == JsonValueKind.Object ? Member(spec) : "");
        var kind = driver switch
        {
            _ when s_shared.Contains(driver) || driver.EndsWith("cephfs.csi.ceph.com", StringComparison.Ordinal) => VolumeReachKind.Shared,
            _ when s_attached.Contains(driver) || driver.EndsWith("rbd.csi.ceph.com", StringComparison.Ordinal) => VolumeReachKind.OneNodeAtATime,
            _ when s_local.Contains(driver) => VolumeReachKind.OneNodesDisk,
            _ => VolumeReachKind.Unknown,
        };
        return new VolumeReach(kind, driver);
    }

    private static string Member(JsonPart spec)
    {
        foreach (var member in spec.EnumerateObject())
        {
            if (!s_common.Contains(member.Name))
                return member.Name;
        }

        return "";
    }
}

/// <summary>From where a volume can be reached.</summary>
internal enum VolumeReachKind
{
    /// <summary>Nobody here knows.</summary>
    Unknown,

    /// <summary>From many nodes of several clusters at once.</summary>
    Shared,

    /// <summary>From one node at a time, often in one zone alone.</summary>
    OneNodeAtATime,

    /// <summary>From the node on which it lies.</summary>
    OneNodesDisk,
}
