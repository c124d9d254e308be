using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Snapshots.Finding;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Snapshots;

public sealed class StoreFinderTests
{
    private const string Aurora = "arn:aws:rds:eu-central-1:123456789012:cluster:ledger";

    private static readonly Dictionary<string, string> s_team = new() { ["team"] = "ml", ["stage"] = "prod" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stores_are_found_by_all_of_their_tags_and_called_by_the_one_that_names_them()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Service.Settings = live.Service.Settings with { MostInAPage = 1 };
        live.Service.Add(new BackupResource(LiveBackup.Bucket) { Tags = s_team });
        live.Service.Add(new BackupResource(LiveBackup.Files) { Tags = new Dictionary<string, string>(s_team) { ["Name"] = "shared files" } });
        live.Service.Add(new BackupResource(LiveBackup.Volume) { Tags = new Dictionary<string, string> { ["team"] = "ml", ["stage"] = "test" } });
        live.Service.Add(new BackupResource(LiveBackup.Cluster) { Tags = s_team });
        // Another region's bucket has them, too; and the cluster itself, which is no store.
        live.Service.Add(new BackupResource("arn:aws:s3:::elsewhere") { Tags = s_team, Region = "us-east-1" });
        var found = await FindAsync(live, new StoreSelection { Tags = Tags(("team", ["ml"]), ("stage", ["prod", "staging"])) });
        Assert.Equal([(LiveBackup.Files, "shared files"), (LiveBackup.Bucket, null)], found.Select(store => (store.ResourceArn, store.Name)));
        Assert.Equal([LiveBackup.Volume], (await FindAsync(live, new StoreSelection { Tags = Tags(("stage", ["test"])) })).Select(store => store.ResourceArn));
        Assert.Equal(3, (await FindAsync(live, new StoreSelection { Tags = Tags(("team", [])) })).Count);
    }

    [Fact]
    public async Task A_member_of_a_cluster_of_databases_is_its_cluster()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Service.Add(new BackupResource(Aurora) { Members = ["ledger-1", "ledger-2"], Tags = s_team });
        live.Service.Add(new BackupResource("arn:aws:rds:eu-central-1:123456789012:cluster:mail") { Engine = "postgres", Tags = s_team });
        var found = await FindAsync(live, new StoreSelection { Tags = Tags(("team", ["ml"])) });
        Assert.Equal([(Aurora, "Aurora"), ("arn:aws:rds:eu-central-1:123456789012:cluster:mail", "RDS")], found.Select(store => (store.ResourceArn, store.Type)));
    }

    [Fact]
    public async Task Databases_are_found_by_what_connection_strings_say()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Service.Add(new BackupResource(Aurora) { Members = ["ledger-1"] });
        using var rds = new Engine.Aws.Rds.RdsClient(live.Options, live.Told);
        var hosts = await rds.DescribeDBInstancesAsync(Token).ToDictionaryAsync(one => one.DBInstanceIdentifier, one => one.EndpointAddress!, cancellationToken: Token);
        var cluster = await rds.DescribeDBClustersAsync(Token).SingleAsync(Token);
        string[] names = [hosts["pipelines"], $"{hosts["pipelines"].ToUpperInvariant()}:3306", "pipelines", LiveBackup.Database];
        Assert.All(await EachAsync(live, names), store => Assert.Equal((LiveBackup.Database, "pipelines"), (store.ResourceArn, store.Name)));
        string[] ledgers = ["ledger", "ledger-1", hosts["ledger-1"], .. cluster.Endpoints, Aurora];
        Assert.Equal(7, ledgers.Length);
        Assert.All(await EachAsync(live, ledgers), store => Assert.Equal((Aurora, "Aurora"), (store.ResourceArn, store.Type)));
        // Said twice, it is one.
        Assert.Single(await FindAsync(live, new StoreSelection { ResourceArns = [LiveBackup.Database], Databases = ["pipelines", hosts["pipelines"]] }));
    }

    [Fact]
    public async Task A_database_that_is_not_there_or_could_be_two_is_told_alone()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Service.Add(new BackupResource("arn:aws:rds:eu-central-1:123456789012:cluster:pipelines") { Status = "modifying" });
        var found = await FindAsync(live, new StoreSelection { Databases = ["nobody.example.com", "pipelines", "arn:aws:rds:us-east-1:123456789012:db:x"], Buckets = ["artifacts"] });
        Assert.Equal(["DatabaseNotFound", "DatabaseAmbiguous", null, null], found.Select(store => store.Failure?.Id));
        Assert.Contains("in eu-central-1", found[0].Failure!.Message, StringComparison.Ordinal);
        Assert.Equal("arn:aws:rds:us-east-1:123456789012:db:x", found[2].ResourceArn);
        Assert.Contains(live.Told.Of("warning"), warning => warning.Contains("is modifying now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Buckets_are_named_as_people_name_them()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var found = await FindAsync(live, new StoreSelection { Buckets = ["artifacts", "s3://artifacts/", LiveBackup.Bucket, "s3://artifacts/key", "a_"] });
        Assert.Equal([(LiveBackup.Bucket, null), ("s3://artifacts/key", "BucketNameInvalid"), ("a_", "BucketNameInvalid")], found.Select(store => (store.ResourceArn, store.Failure?.Id)));
    }

    [Fact]
    public async Task The_stores_behind_a_clusters_volumes_are_found_with_the_claims_that_they_serve()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        Seed(live);
        await using var blue = await OpenAsync(live);
        var found = await FindAsync(live, new StoreSelection { Cluster = blue });
        Assert.Equal(
            [("file-system/fs-0123456789abcdef0", null, "anna/home,ben/home,pv-free"), ("volume/vol-0123456789abcdef0", "anna/workspace", "anna/workspace"), ("volume/vol-9", "ben/old", "ben/old")],
            found.Select(store => (store.ResourceArn.Split(':', 6)[5], store.Name, string.Join(',', store.Volumes.Select(volume => volume.ToString()).Order(StringComparer.Ordinal)))).OrderBy(each => each.Item1, StringComparer.Ordinal));
        Assert.Equal(["eu-central-1", "eu-central-1", "us-east-1"], found.Select(store => store.ResourceArn.Split(':')[3]).Order(StringComparer.Ordinal));
        Assert.All(found, store => Assert.Equal("123456789012", store.ResourceArn.Split(':')[4]));
        var told = Assert.Single(live.Told.Of("warning"));
        Assert.Contains("fsx.csi.aws.com (pv-fast); hostPath (pv-host)", told, StringComparison.Ordinal);
        // The region of a volume that is elsewhere shows where it is looked at, and the others go on.
        var taker = live.Taker();
        await taker.PrepareAsync(Token);
        Assert.Equal(["ResourceInOtherRegion"], found.Select(store => taker.Check(store)?.Id).OfType<string>());
    }

    [Fact]
    public async Task Namespaces_choose_the_claims_and_one_that_is_not_there_is_an_error()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        Seed(live);
        await using var blue = await OpenAsync(live);
        var found = await FindAsync(live, new StoreSelection { Cluster = blue, Namespaces = ["anna"] });
        Assert.Equal(["anna/home", "anna/workspace"], found.SelectMany(store => store.Volumes).Select(volume => volume.ToString()).Order(StringComparer.Ordinal));
        Assert.Empty(live.Told.Of("warning"));
        Assert.Equal("NamespaceNotFound", (await Assert.ThrowsAsync<UpgradeException>(() => FindAsync(live, new StoreSelection { Cluster = blue, Namespaces = ["ana"] }))).Failure.Id);
    }

    [Fact]
    public async Task What_is_found_from_a_cluster_goes_with_the_snapshot_to_its_end()
    {
        await using var live = await LiveBackup.StartAsync(speed: 500);
        Seed(live);
        await using var blue = await OpenAsync(live);
        var store = (await FindAsync(live, new StoreSelection { Cluster = blue, Namespaces = ["anna"], ResourceArns = [LiveBackup.Files] })).Single(found => found.ResourceArn == LiveBackup.Files);
        var taker = live.Taker();
        await taker.PrepareAsync(Token);
        var ended = await new SnapshotWaiter(live.Client, live.Told).WaitAsync([await taker.StartAsync(store, Token)], live.Quick, Token).SingleAsync(Token);
        Assert.True(ended.Complete);
        Assert.Equal(("home", "anna", "fsap-1"), ended.Volumes.Single() is var volume ? (volume.Claim, volume.Namespace, volume.AccessPointId) : default);
    }

    [Fact]
    public async Task Nothing_at_all_is_an_error_and_no_silent_success()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        await using var blue = await OpenAsync(live);
        Assert.Equal("SnapshotStoreNotFound", (await Assert.ThrowsAsync<UpgradeException>(() => FindAsync(live, new StoreSelection { Tags = Tags(("team", ["nobody"])), Cluster = blue }))).Failure.Id);
        Assert.Equal(2, live.Told.Of("warning").Count);
        Assert.Single(await FindAsync(live, new StoreSelection { Tags = Tags(("team", ["nobody"])), ResourceArns = [LiveBackup.Files] }));
    }

    [Fact]
    public async Task A_right_that_is_missing_says_which()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "GetResources", Count = null });
        var tags = await Assert.ThrowsAsync<Engine.Aws.AwsException>(() => FindAsync(live, new StoreSelection { Tags = Tags(("team", ["ml"])) }));
        Assert.Equal("AwsAccessDenied", tags.Failure.Id);
        Assert.Contains("tag:GetResources", tags.Failure.Recommendation, StringComparison.Ordinal);
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "DescribeDBClusters", Count = null });
        var databases = await Assert.ThrowsAsync<Engine.Aws.AwsException>(() => FindAsync(live, new StoreSelection { Databases = ["pipelines"] }));
        Assert.Contains("rds:DescribeDBClusters", databases.Failure.Recommendation, StringComparison.Ordinal);
        live.Host.Cluster("blue").Deny(new DeniedAccess { Verb = "list", Resource = "persistentvolumes" });
        await using var blue = await OpenAsync(live);
        Assert.Equal(FailureKind.PermissionDenied, (await Assert.ThrowsAnyAsync<UpgradeException>(() => FindAsync(live, new StoreSelection { Cluster = blue }))).Failure.Kind);
    }

    [Fact]
    public async Task Too_many_calls_of_the_tagging_service_are_told_as_such()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0, ("AWS_MAX_ATTEMPTS", "1"));
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.TooManyRequests, Verb = "GetResources", Count = null });
        var throttled = await Assert.ThrowsAsync<Engine.Aws.AwsException>(() => FindAsync(live, new StoreSelection { Tags = Tags(("team", ["ml"])) }));
        Assert.Equal(("AwsThrottled", true, "ThrottledException"), (throttled.Failure.Id, throttled.IsTransient, throttled.ErrorCode));
    }

    private static async Task<List<SnapshotStore>> EachAsync(LiveBackup live, IEnumerable<string> names)
    {
        var all = new List<SnapshotStore>();
        foreach (var name in names)
            all.AddRange(await FindAsync(live, new StoreSelection { Databases = [name] }));
        return all;
    }

    private static Task<IReadOnlyList<SnapshotStore>> FindAsync(LiveBackup live, StoreSelection selection) => new StoreFinder(live.Options, live.Tagging, live.Told).FindAsync(selection, Token);

    private static Dictionary<string, IReadOnlyList<string>> Tags(params (string Key, string[] Values)[] tags) => tags.ToDictionary(tag => tag.Key, tag => (IReadOnlyList<string>)tag.Values);

    private static Task<ClusterConnection> OpenAsync(LiveBackup live) => ClusterConnection.OpenAsync(new ClusterTarget("blue", live.Host.KubeConfigPath), new ConnectionOptions(), NullReporter.Instance, Token);

    private static void Seed(LiveBackup live)
    {
        const string files = "fs-0123456789abcdef0";
        live.Host.Cluster("blue").Seed(
        [
            Namespace("anna"),
            Namespace("ben"),
            Volume("pv-a", Csi("efs.csi.aws.com", $"{files}::fsap-1"), ("anna", "home")),
            Volume("pv-b", Csi("efs.csi.aws.com", $"{files}::fsap-2"), ("ben", "home")),
            Volume("pv-free", new JsonObject { ["nfs"] = new JsonObject { ["server"] = $"{files}.efs.eu-central-1.amazonaws.com", ["path"] = "/shared" } }, null),
            Volume("pv-c", Csi("ebs.csi.aws.com", "vol-0123456789abcdef0"), ("anna", "workspace")),
            Volume("pv-d", new JsonObject { ["awsElasticBlockStore"] = new JsonObject { ["volumeID"] = "aws://us-east-1a/vol-9" } }, ("ben", "old")),
            Volume("pv-fast", Csi("fsx.csi.aws.com", "fs-0fff"), ("ben", "fast")),
            Volume("pv-host", new JsonObject { ["hostPath"] = new JsonObject { ["path"] = "/data" } }, null),
        ]);
    }

    private static JsonObject Namespace(string name) => new() { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } };

    private static JsonObject Csi(string driver, string handle) => new() { ["csi"] = new JsonObject { ["driver"] = driver, ["volumeHandle"] = handle } };

    private static JsonObject Volume(string name, JsonObject spec, (string Namespace, string Name)? claim)
    {
        spec["capacity"] = new JsonObject { ["storage"] = "5Gi" };
        spec["accessModes"] = new JsonArray("ReadWriteMany");
        if (claim is { } bound)
            spec["claimRef"] = new JsonObject { ["kind"] = "PersistentVolumeClaim", ["apiVersion"] = "v1", ["namespace"] = bound.Namespace, ["name"] = bound.Name };
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "PersistentVolume", ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec };
    }
}
