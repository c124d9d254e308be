using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Tests.Velero;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Readiness;

/// <summary>What stands between a cluster and a green one beside it: volumes, stores, what acts outside, Velero.</summary>
public sealed class MigrationChecksTests
{
    private const string Zone = "\"nodeAffinity\":{\"required\":{\"nodeSelectorTerms\":[{\"matchExpressions\":[{\"key\":\"topology.ebs.csi.aws.com/zone\",\"operator\":\"In\",\"values\":[\"eu-west-1a\"]}]}]}}";
    private const string Host = "\"nodeAffinity\":{\"required\":{\"nodeSelectorTerms\":[{\"matchExpressions\":[{\"key\":\"kubernetes.io/hostname\",\"operator\":\"In\",\"values\":[\"node-1\"]}]}]}}";
    private const string Disk = "\"csi\":{\"driver\":\"ebs.csi.aws.com\",\"volumeHandle\":\"vol-1\"}";
    private const string Share = "\"csi\":{\"driver\":\"efs.csi.aws.com\",\"volumeHandle\":\"fs-1\"}";

    // What a volume of blue is, who uses it, in which zone green has a node (null: green is not there yet), and what is found.
    public static TheoryData<string, bool, string?, string[]> Volumes => new()
    {
        { $$"""{{Share}},"persistentVolumeReclaimPolicy":"Retain" """, true, "eu-west-1b", [] },
        { "\"hostPath\":{\"path\":\"/data\"}", true, "eu-west-1a", ["! PersistentVolume v: its data is on a node of this cluster (hostPath), for the claim shop/data, where green can't reach it"] },
        { "\"local\":{\"path\":\"/data\"}", false, null, ["! PersistentVolume v: its data is on a node of this cluster (local), for the claim shop/data, where green can't reach it"] },
        { $"{Share},{Host}", false, "eu-west-1a", ["! PersistentVolume v: only the node node-1 of this cluster may use it, for the claim shop/data"] },
        { $"{Disk},{Zone}", false, "eu-west-1a", [] },
        { $"{Disk},{Zone}", false, "eu-west-1b", ["! PersistentVolume v: it can be used in eu-west-1a alone, for the claim shop/data, and green has nodes in eu-west-1b"] },
        { $"{Disk},{Zone}", false, null, ["PersistentVolume v: it can be used in eu-west-1a alone, for the claim shop/data"] },
        { Disk, true, "eu-west-1a", ["PersistentVolume v: one node at a time can have it, and the Pod shop/web uses it now"] },
        { $$"""{{Share}},"persistentVolumeReclaimPolicy":"Delete" """, false, null, ["PersistentVolume v: its storage goes when its claim is deleted, for the claim shop/data (reclaim policy Delete), and with it green's"] },
        { "\"csi\":{\"driver\":\"csi.example.com\",\"volumeHandle\":\"x\"}", true, "eu-west-1a", ["driver csi.example.com: whether green can reach its volumes (v) is not known here"] },
    };

    [Theory]
    [MemberData(nameof(Volumes))]
    public async Task Volumes_that_a_green_cluster_cannot_take_over_are_told(string spec, bool isUsed, string? zoneOfGreen, string[] findings)
    {
        await using var scene = await MigrationScene.StartAsync();
        scene.Seed("blue", Volume("v", spec, "data"));
        if (isUsed)
            scene.Seed("blue", Pod("web", "data"));
        if (zoneOfGreen is not null)
            scene.Seed("green", Node("n", zoneOfGreen));
        var check = await scene.BesideAsync("VolumesMovable", withGreen: zoneOfGreen is not null);
        Assert.Equal(findings, MigrationScene.Texts(check));
        Assert.Equal("1 volume", check.Examined);
        Assert.Equal(ReadinessStatus.NotApplicable, (await scene.InPlaceAsync("VolumesMovable")).Status);
    }

    [Theory]
    [InlineData("""{"csi":{"driver":"ebs.csi.aws.com","volumeHandle":"vol-1"}}""", """{"awsElasticBlockStore":{"volumeID":"aws://eu-west-1a/vol-1"}}""", true)]
    [InlineData("""{"csi":{"driver":"ebs.csi.aws.com","volumeHandle":"vol-1"}}""", """{"csi":{"driver":"ebs.csi.aws.com","volumeHandle":"vol-2"}}""", false)]
    [InlineData("""{"csi":{"driver":"efs.csi.aws.com","volumeHandle":"fs-1::fsap-1"}}""", """{"csi":{"driver":"efs.csi.aws.com","volumeHandle":"fs-1::fsap-2"}}""", false)]
    [InlineData("""{"csi":{"driver":"efs.csi.aws.com","volumeHandle":"fs-1::fsap-1"}}""", """{"csi":{"driver":"efs.csi.aws.com","volumeHandle":"fs-1::fsap-1"}}""", true)]
    [InlineData("""{"csi":{"driver":"efs.csi.aws.com","volumeHandle":"fs-1::fsap-1"}}""", """{"csi":{"driver":"efs.csi.aws.com","volumeHandle":"fs-1"}}""", true)]
    [InlineData("""{"csi":{"driver":"efs.csi.aws.com","volumeHandle":"fs-1:/a"}}""", """{"nfs":{"server":"fs-1.efs.eu-west-1.amazonaws.com","path":"/a/"}}""", true)]
    [InlineData("""{"nfs":{"server":"files","path":"/a"}}""", """{"nfs":{"server":"files","path":"/b"}}""", false)]
    [InlineData("""{"csi":{"driver":"a.example.com","volumeHandle":"1"}}""", """{"csi":{"driver":"b.example.com","volumeHandle":"1"}}""", false)]
    public void Two_volumes_are_one_store_where_what_is_written_to_one_is_seen_in_the_other(string one, string other, bool isShared)
    {
        var (first, second) = (Store(one), Store(other));
        Assert.Equal((isShared, isShared), (first.Overlaps(second), second.Overlaps(first)));
    }

    [Fact]
    public async Task A_store_of_both_clusters_must_not_be_used_on_green_before_its_time()
    {
        await using var scene = await MigrationScene.StartAsync();
        scene.Seed("blue", Volume("there", Share, "data")).Seed("green", Volume("here", $$"""{{Share}},"persistentVolumeReclaimPolicy":"Retain" """, "data"));
        // Nothing mounts it yet.
        Assert.Equal((ReadinessStatus.Passed, "1 store of both clusters"), await Outcome());
        scene.Seed("green", Pod("done", "data", "Succeeded"), CronJob("idle", "data", isSuspended: true));
        Assert.Equal(ReadinessStatus.Passed, (await Outcome()).Status);
        scene.Seed("green", Pod("web", "data"), CronJob("nightly", "data", isSuspended: false), Pod("other", "elsewhere"));
        var check = await scene.BesideAsync("SharedStores");
        Assert.Equal(
            [
                "! CronJob shop/nightly: it uses efs fs-1 on green (PersistentVolume here), which is blue's PersistentVolume there, of the claim shop/data",
                "! Pod shop/web: it uses efs fs-1 on green (PersistentVolume here), which is blue's PersistentVolume there, of the claim shop/data",
            ],
            MigrationScene.Texts(check));
        Assert.True(check.IsBlocking);
        Assert.Equal(ReadinessStatus.NotApplicable, (await scene.BesideAsync("SharedStores", withGreen: false)).Status);

        async Task<(ReadinessStatus Status, string? Examined)> Outcome() => await scene.BesideAsync("SharedStores") is var told ? (told.Status, told.Examined) : default;
    }

    [Fact]
    public async Task What_acts_outside_is_told_by_kind_and_hosts_only_where_somebody_publishes_them()
    {
        await using var scene = await MigrationScene.StartAsync();
        scene.Seed("blue", Service("a", "203.0.113.7"), Service("b", "203.0.113.8"), Service("c", null), Ingress("web"));
        var check = await scene.BesideAsync("OutwardObjects");
        Assert.Equal(["2 Service (shop/a, shop/b): It wants a fixed address, which the load balancer has that serves now."], MigrationScene.Texts(check));
        Assert.Equal((ReadinessStatus.Warning, "Service"), (check.Status, check.Findings[0].Kind));
        scene.Seed("blue", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"dns","namespace":"shop"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"dns"}},"template":{"metadata":{"labels":{"app":"dns"}},"spec":{"containers":[{"name":"c","image":"registry.k8s.io/external-dns/external-dns:v0.18.0"}]}}}}""");
        var texts = MigrationScene.Texts(await scene.BesideAsync("OutwardObjects"));
        Assert.Equal(3, texts.Count);
        Assert.Contains(texts, text => text.StartsWith("1 Ingress (shop/web): external-dns", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.StartsWith("1 Deployment (shop/dns): It publishes names", StringComparison.Ordinal));
        Assert.Equal(ReadinessStatus.NotApplicable, (await scene.InPlaceAsync("OutwardObjects")).Status);
    }

    [Fact]
    public async Task A_Velero_that_could_not_back_up_or_restore_is_told()
    {
        await using var scene = await MigrationScene.StartAsync();
        Assert.Equal(ReadinessStatus.NotApplicable, (await scene.BesideAsync("VeleroReady")).Status);
        await using var played = await PlayedVelero.StartAsync();
        Assert.Equal((ReadinessStatus.Passed, "2 servers of Velero"), Of(await VeleroAsync()));
        await played.ServerAsync("green", available: 0);
        await played.LocationAsync("blue", "default", status: "\"phase\":\"Unavailable\",\"message\":\"no such bucket\"");
        var check = await VeleroAsync();
        Assert.Equal(ReadinessStatus.Failed, check.Status);
        var texts = MigrationScene.Texts(check);
        Assert.Equal("! blue: no storage location of its Velero is Available and takes backups: default (shared/prod) is Unavailable, no such bucket", texts[0]);
        Assert.StartsWith("! green: Velero's server does not run in green", texts[1], StringComparison.Ordinal);
        Assert.Equal(2, texts.Count);

        Task<ReadinessCheck> VeleroAsync() => MigrationScene.RunAsync("VeleroReady", played.Blue, played.Green, UpgradeWay.BlueGreen);
    }

    private static (ReadinessStatus Status, string? Examined) Of(ReadinessCheck check) => (check.Status, check.Examined);

    private static VolumeStore Store(string spec)
    {
        using var volume = KubernetesObject.Parse(Encoding.UTF8.GetBytes($$"""{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"v"},"spec":{{spec}} }"""));
        return VolumeStore.Of(volume.Root.Member("spec"))!;
    }

    private static string Volume(string name, string spec, string claim) =>
        $$$"""{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"{{{name}}}"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"claimRef":{"namespace":"shop","name":"{{{claim}}}"},{{{spec}}} },"status":{"phase":"Bound"} }""";

    private static string Pod(string name, string claim, string phase = "Running") =>
        $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"shop"},"spec":{"containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"{{{claim}}}"} }]},"status":{"phase":"{{{phase}}}"} }""";

    private static string CronJob(string name, string claim, bool isSuspended) =>
        $$$"""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"{{{name}}}","namespace":"shop"},"spec":{"schedule":"0 3 * * *","suspend":{{{(isSuspended ? "true" : "false")}}},"jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"{{{claim}}}"} }]} } } } } }""";

    private static string Node(string name, string zone) =>
        $$$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{name}}}","labels":{"topology.kubernetes.io/zone":"{{{zone}}}"} },"spec":{} }""";

    private static string Service(string name, string? address) =>
        $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}","namespace":"shop"},"spec":{"type":"LoadBalancer",{{{(address is null ? "" : $"\"loadBalancerIP\":\"{address}\",")}}}"ports":[{"port":80}]} }""";

    private static string Ingress(string name) =>
        $$$"""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"{{{name}}}","namespace":"shop"},"spec":{"rules":[{"host":"shop.example.com","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"a","port":{"number":80} } } }]} }]} }""";
}
