using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Snapshots.Finding;

namespace KonUpgrade.Engine.Tests.Snapshots;

public sealed class VolumeStoreTests
{
    private const string Efs = """ "csi": {"driver": "efs.csi.aws.com", "volumeHandle": "HANDLE"} """;
    private const string Ebs = """ "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-0123"} """;

    [Theory]
    [InlineData("fs-0123", null, null)]
    [InlineData("fs-0123:/", null, null)]
    [InlineData("fs-0123:/data/a", "/data/a", null)]
    [InlineData("fs-0123::fsap-0456", null, "fsap-0456")]
    [InlineData("fs-0123:/data:fsap-0456", "/data", "fsap-0456")]
    public void A_file_system_is_found_by_hand_made_handles_and_the_drivers_own(string handle, string? path, string? point)
    {
        var store = Read(Efs.Replace("HANDLE", handle, StringComparison.Ordinal))!;
        Assert.Equal(("elasticfilesystem", "file-system/fs-0123", null, path, point, handle), (store.Service, store.Resource, store.Region, store.Volume.Path, store.Volume.AccessPointId, store.Volume.VolumeHandle));
    }

    [Fact]
    public void An_access_point_may_stand_among_the_mount_options()
        => Assert.Equal("fsap-0456", Read(Efs.Replace("HANDLE", "fs-0123", StringComparison.Ordinal) + """, "mountOptions": ["tls", "accesspoint=fsap-0456"] """)!.Volume.AccessPointId);

    [Theory]
    [InlineData("fs-0123.efs.eu-west-1.amazonaws.com", "/data", "file-system/fs-0123", "eu-west-1")]
    [InlineData("eu-west-1a.fs-0123.efs.eu-west-1.amazonaws.com", "/", "file-system/fs-0123", "eu-west-1")]
    [InlineData("fs-0123.efs.cn-north-1.amazonaws.com.cn", "/", "file-system/fs-0123", "cn-north-1")]
    [InlineData("files.example.com", "/", null, null)]
    public void A_file_system_may_be_mounted_as_plain_nfs(string server, string path, string? resource, string? region)
    {
        var store = Read($$""" "nfs": {"server": "{{server}}", "path": "{{path}}"} """);
        Assert.Equal((resource, region), (store?.Resource, store?.Region));
    }

    [Theory]
    [InlineData(""", "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "topology.ebs.csi.aws.com/zone", "operator": "In", "values": ["eu-west-1b"]}]}]}} """, "eu-west-1")]
    [InlineData(""", "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["us-west-2-lax-1a"]}]}]}} """, "us-west-2")]
    [InlineData(""", "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["us-gov-east-1a"]}]}]}} """, "us-gov-east-1")]
    [InlineData("", null)]
    public void A_disk_tells_its_region_by_its_zone(string affinity, string? region)
    {
        var store = Read(Ebs + affinity)!;
        Assert.Equal(("ec2", "volume/vol-0123", region), (store.Service, store.Resource, store.Region));
    }

    [Theory]
    [InlineData("aws://eu-west-1a/vol-0123", "eu-west-1")]
    [InlineData("vol-0123", null)]
    public void A_disk_from_before_the_drivers_is_one_too(string id, string? region)
    {
        var store = Read($$""" "awsElasticBlockStore": {"volumeID": "{{id}}"} """)!;
        Assert.Equal(("volume/vol-0123", region, "awsElasticBlockStore"), (store.Resource, store.Region, store.Volume.Driver));
    }

    [Fact]
    public void A_disk_of_auto_mode_is_one_too() => Assert.Equal("volume/vol-9", Read(""" "csi": {"driver": "ebs.csi.eks.amazonaws.com", "volumeHandle": "vol-9"} """)!.Resource);

    [Theory]
    [InlineData(""" "hostPath": {"path": "/data"} """, "hostPath")]
    [InlineData(""" "csi": {"driver": "fsx.csi.aws.com", "volumeHandle": "fs-0123"} """, "fsx.csi.aws.com")]
    [InlineData(""" "csi": {"driver": "efs.csi.aws.com", "volumeHandle": "nothing"} """, "efs.csi.aws.com")]
    [InlineData(""" "csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-1:a:b:c"} """, "efs.csi.aws.com")]
    [InlineData(""" "photonPersistentDisk": {"pdID": "1"} """, "another kind")]
    public void What_neither_of_the_two_serves_is_none(string source, string kind)
    {
        Assert.Null(Read(source));
        using var volume = Volume(source);
        Assert.Equal(kind, VolumeStore.KindOf(volume));
    }

    [Fact]
    public void The_claim_and_the_phase_go_with_it()
    {
        var volume = Read(Ebs + """, "claimRef": {"namespace": "anna", "name": "workspace"} """)!.Volume;
        Assert.Equal(("pv-1", "anna", "workspace", "Bound", "anna/workspace"), (volume.Name, volume.Namespace, volume.Claim, volume.Phase, volume.ToString()));
    }

    private static VolumeStore? Read(string source)
    {
        using var volume = Volume(source);
        return VolumeStore.Read(volume);
    }

    private static KubernetesObject Volume(string source) => KubernetesObject.Parse(
        Encoding.UTF8.GetBytes($$"""{"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv-1"}, "spec": { {{source}} }, "status": {"phase": "Bound"} }"""));
}
