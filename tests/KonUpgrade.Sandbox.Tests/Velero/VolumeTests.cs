using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Velero;

/// <summary>What becomes of claims and what is on their volumes.</summary>
public sealed class VolumeTests : VeleroPlay
{
    private const string Claims = "/api/v1/namespaces/shop/persistentvolumeclaims";
    private const string Volumes = "/api/v1/persistentvolumes";

    [Fact]
    public async Task A_claim_whose_volume_is_snapshot_gets_a_new_volume_with_the_same_content()
    {
        Seed("ebs.csi.aws.com", "Delete");
        JsonObject backup = await BackedUpAsync("one");
        Assert.Equal((1, 1), (Number(backup["status"]!["csiVolumeSnapshotsAttempted"]), Number(backup["status"]!["csiVolumeSnapshotsCompleted"])));
        Assert.Equal("Completed", Phase(await RestoredAsync("back", "one")));
        JsonObject claim = await GetAsync(Green, $"{Claims}/data");
        string name = (string)claim["spec"]!["volumeName"]!;
        Assert.Equal(("Bound", true), ((string?)claim["status"]!["phase"], name != "pv-data"));
        JsonObject volume = await GetAsync(Green, $"{Volumes}/{name}");
        Assert.Equal(("orders of 2026", "Bound"), ((string?)volume["metadata"]!["annotations"]!["sandbox.konupgrade.dev/content"], (string?)volume["status"]!["phase"]));
        Assert.Equal((string?)claim["metadata"]!["uid"], (string?)volume["spec"]!["claimRef"]!["uid"]);
        Assert.NotEqual("vol-data", (string?)volume["spec"]!["csi"]!["volumeHandle"]);
        (await Green.GetAsync($"{Volumes}/pv-data")).Must(404);
    }

    [Fact]
    public async Task Without_its_data_a_claim_waits_for_an_empty_volume()
    {
        Seed("ebs.csi.aws.com", "Delete");
        JsonObject backup = await BackedUpAsync("one", "\"includedNamespaces\":[\"shop\"],\"snapshotVolumes\":false");
        Assert.Null(backup["status"]!["csiVolumeSnapshotsAttempted"]);
        await RestoredAsync("back", "one");
        JsonObject claim = await GetAsync(Green, $"{Claims}/data");
        Assert.Equal(("Pending", (JsonNode?)null), ((string?)claim["status"]!["phase"], claim["spec"]!["volumeName"]));
        Assert.Null(claim["metadata"]!["annotations"]?["pv.kubernetes.io/bind-completed"]);
        JsonNode info = Assert.Single(((JsonArray)JsonNode.Parse(await DownloadAsync(Blue, "BackupVolumeInfos", "one"))!))!;
        Assert.True((bool)info["skipped"]!);
    }

    [Fact]
    public async Task A_share_that_is_retained_is_restored_as_it_is_over_the_same_files()
    {
        Seed("efs.csi.aws.com", "Retain");
        await BackedUpAsync("one");
        Assert.Equal("Completed", Phase(await RestoredAsync("back", "one")));
        JsonObject claim = await GetAsync(Green, $"{Claims}/data"), volume = await GetAsync(Green, $"{Volumes}/pv-data");
        Assert.Equal(("Bound", "pv-data"), ((string?)claim["status"]!["phase"], (string?)claim["spec"]!["volumeName"]));
        Assert.Equal(("vol-data", "Bound"), ((string?)volume["spec"]!["csi"]!["volumeHandle"], (string?)volume["status"]!["phase"]));
        Assert.Equal((string?)claim["metadata"]!["uid"], (string?)volume["spec"]!["claimRef"]!["uid"]);
    }

    [Fact]
    public async Task Files_of_a_share_are_backed_up_by_the_node_agent_where_a_pod_mounts_them()
    {
        Seed("efs.csi.aws.com", "Delete", """{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"shop","name":"reader","annotations":{"backup.velero.io/backup-volumes":"data"} },"spec":{"containers":[{"name":"c","image":"i:1"}],"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"data"} }]},"status":{"phase":"Running"} }""");
        await BackedUpAsync("one");
        JsonNode info = Assert.Single(((JsonArray)JsonNode.Parse(await DownloadAsync(Blue, "BackupVolumeInfos", "one"))!))!;
        Assert.Equal("PodVolumeBackup", (string?)info["backupMethod"]);
        await RestoredAsync("back", "one");
        string name = (string)(await GetAsync(Green, $"{Claims}/data"))["spec"]!["volumeName"]!;
        Assert.Equal("orders of 2026", (string?)(await GetAsync(Green, $"{Volumes}/{name}"))["metadata"]!["annotations"]!["sandbox.konupgrade.dev/content"]);
    }

    [Fact]
    public async Task Data_that_is_moved_is_waited_for()
    {
        Seed("ebs.csi.aws.com", "Delete");
        await BackUpAsync("one", "\"includedNamespaces\":[\"shop\"],\"snapshotMoveData\":true");
        await AdvanceAsync(2);
        JsonObject waits = await GetAsync(Blue, $"{Backups}/one");
        Assert.Equal(("WaitingForPluginOperations", 1), (Phase(waits), Number(waits["status"]!["backupItemOperationsAttempted"])));
        await AdvanceAsync(5);
        Assert.Equal("Finalizing", await PhaseAsync(Blue, $"{Backups}/one"));
        await AdvanceAsync(60);
        JsonObject done = await GetAsync(Green, $"{Backups}/one");
        Assert.Equal(("Completed", 1), (Phase(done), Number(done["status"]!["backupItemOperationsCompleted"])));
        await RestoreAsync("back", "one");
        await AdvanceAsync(3);
        Assert.Equal("WaitingForPluginOperations", await PhaseAsync(Green, $"{Restores}/back"));
        await AdvanceAsync(10);
        Assert.Equal("Completed", await PhaseAsync(Green, $"{Restores}/back"));
    }

    private void Seed(string driver, string policy, params string[] more) => SeedShop(
    [
        $$"""{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"pv-data","annotations":{"sandbox.konupgrade.dev/content":"orders of 2026"} },"spec":{"capacity":{"storage":"10Gi"},"accessModes":["ReadWriteOnce"],"persistentVolumeReclaimPolicy":"{{policy}}","claimRef":{"apiVersion":"v1","kind":"PersistentVolumeClaim","namespace":"shop","name":"data","uid":"1"},"csi":{"driver":"{{driver}}","volumeHandle":"vol-data"} },"status":{"phase":"Bound"} }""",
        """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"namespace":"shop","name":"data","annotations":{"pv.kubernetes.io/bind-completed":"yes"} },"spec":{"accessModes":["ReadWriteOnce"],"volumeName":"pv-data","resources":{"requests":{"storage":"10Gi"} } },"status":{"phase":"Bound"} }""",
        .. more,
    ]);
}
