using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Velero;

/// <summary>What is written is taken by Velero's real definitions, and what they do not know or allow is refused; on the sandbox and on real servers.</summary>
public sealed class VeleroDefinitionsTests
{
    private const string Needed = "needs real definitions: a folder with data/crds in KONUPGRADE_SHARED";

    private static readonly ApiResource s_definitions = new()
    {
        Group = "apiextensions.k8s.io",
        Version = "v1",
        Kind = "CustomResourceDefinition",
        Plural = "customresourcedefinitions",
        Singular = "customresourcedefinition",
        Namespaced = false,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Folder => Path.Combine(Environment.GetEnvironmentVariable("KONUPGRADE_SHARED") ?? "", "data", "crds", "velero");

    public static async Task<TheoryData<string>> RealAsync() => await RealClusters.ContextsAsync() is { Count: > 0 } contexts ? [.. contexts] : [""];

    [Fact]
    public async Task The_real_definitions_take_what_is_written()
    {
        Assert.SkipWhen(!Directory.Exists(Folder), Needed);
        await using var velero = await PlayedVelero.StartAsync(definitions: PlayedVelero.Real(Folder));
        await TakenAsync(velero.Green, "velero");
    }

    [Theory]
    [MemberData(nameof(RealAsync))]
    public async Task Real_servers_with_the_real_definitions_take_what_is_written(string context)
    {
        Assert.SkipWhen(context.Length == 0, "needs real clusters: a kubeconfig in KONUPGRADE_TEST_KUBECONFIG");
        Assert.SkipWhen(!Directory.Exists(Folder), Needed);
        await using var cluster = await ClusterConnection.OpenAsync(new ClusterTarget(context, RealClusters.KubeConfigPath), new ConnectionOptions(), NullReporter.Instance, Token);
        var made = new List<string>();
        try
        {
            foreach (var definition in PlayedVelero.Real(Folder))
            {
                var name = (string)JsonNode.Parse(definition)!["metadata"]!["name"]!;
                using var there = await cluster.Client.GetAsync(s_definitions, null, name, Token);
                if (there is not null)
                    continue;
                using var created = await cluster.Client.CreateAsync(s_definitions, null, Encoding.UTF8.GetBytes(definition), new WriteOptions(), Token);
                made.Add(name);
            }

            await ServedAsync(cluster);
            await using var space = await TestNamespace.CreateAsync(cluster.Client, Token);
            using (await cluster.Client.CreateAsync(VeleroResources.StorageLocations, space.Name, Location, new WriteOptions { FieldValidation = FieldValidation.Strict }, Token))
                await TakenAsync(cluster, space.Name);
        }
        finally
        {
            foreach (var name in made)
                await cluster.Client.DeleteAsync(s_definitions, null, name, new DeleteOptions(), CancellationToken.None);
        }
    }

    private static byte[] Location { get; } =
        """{"apiVersion":"velero.io/v1","kind":"BackupStorageLocation","metadata":{"name":"default"},"spec":{"provider":"aws","default":true,"objectStorage":{"bucket":"b"}},"status":{"phase":"Available"}}"""u8.ToArray();

    private static async Task TakenAsync(ClusterConnection cluster, string veleroNamespace)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var answering = AnswerAsync(cluster, veleroNamespace, ended.Token);
        var told = new RecordingReporter();
        var everything = new VeleroBackupRequest
        {
            Name = "everything",
            VeleroNamespace = veleroNamespace,
            Selection = new VeleroScope
            {
                Namespaces = ["kube-system"],
                ExcludedNamespaces = ["other"],
                Kinds = ["Deployment", "cm"],
                ExcludedKinds = ["Secret"],
                LabelSelectors = ["app=web", "tier in (a,b),!old"],
                IncludeClusterResources = true,
            },
            Volumes = VeleroVolumes.SnapshotAndMove,
            Ttl = TimeSpan.FromDays(60),
            VolumeSnapshotLocations = ["west"],
            Hooks = Hooks("Fail"),
            OrderedResources = new Dictionary<string, string> { ["pods"] = "a/b" },
            Labels = new Dictionary<string, string> { ["for"] = "green" },
            ResourcePolicy = "policy",
            CsiSnapshotTimeout = TimeSpan.FromMinutes(20),
            ItemOperationTimeout = TimeSpan.FromHours(5),
        };
        var backup = await MadeAsync(everything);
        Assert.Equal(("everything", "New", false, "v1.16.1"), (backup.Name, backup.Phase, backup.IsExisting, backup.VeleroVersion));
        Assert.True((await MadeAsync(everything)).IsExisting);
        // The words of hooks are checked by the definition, and a field that it does not know is refused.
        Assert.Equal(FailureKind.InvalidData, (await RefusedAsync(everything with { Name = "hook", Hooks = Hooks("Perhaps") })).Kind);
        var unknown = await RefusedAsync(everything with { Name = "hook", Hooks = JsonNode.Parse("""[{"name":"x","before":[]}]""")!.AsArray() });
        Assert.Equal("VeleroFieldNotKnown", unknown.Id);
        Assert.Contains("spec.hooks.resources[0].before", unknown.Message, StringComparison.Ordinal);
        await PatchAsync(VeleroResources.Backups, "everything", """{"status":{"phase":"Completed","startTimestamp":"2026-05-04T12:00:00Z","completionTimestamp":"2026-05-04T12:01:00Z","progress":{"totalItems":3,"itemsBackedUp":3}}}""");
        backup = await new VeleroWaiter(cluster, told).WaitAsync([backup], new VeleroWaitOptions { Timeout = TimeSpan.FromSeconds(30) }, Token).SingleAsync(Token);
        Assert.True(backup.Complete);

        var over = new VeleroRestoreRequest
        {
            Name = "over",
            VeleroNamespace = veleroNamespace,
            Selection = new VeleroScope { Namespaces = ["kube-system"], ExcludedKinds = ["Secret"], LabelSelectors = ["a=b"], IncludeClusterResources = false },
            NamespaceMapping = new Dictionary<string, string> { ["kube-system"] = "trial" },
            Existing = VeleroExisting.Update,
            StatusKinds = ["Deployment"],
            RestoreVolumes = true,
            PreserveNodePorts = true,
            Hooks = JsonNode.Parse("""[{"name":"after","postHooks":[{"exec":{"command":["true"],"waitTimeout":"1m"}}]}]""")!.AsArray(),
            ResourceModifier = "rules",
            ItemOperationTimeout = TimeSpan.FromHours(5),
        };
        var restorer = new VeleroRestorer(cluster, over, told);
        var restore = await restorer.StartAsync(await restorer.PrepareAsync(backup, Token), Token);
        Assert.Equal(("over", "everything", "update", "trial"), (restore.Name, restore.BackupName, restore.ExistingResourcePolicy, restore.NamespaceMapping["kube-system"]));
        await PatchAsync(VeleroResources.Restores, "over", """{"status":{"phase":"PartiallyFailed","errors":0,"warnings":0,"progress":{"totalItems":3,"itemsRestored":2}}}""");
        restore = await new VeleroWaiter(cluster, told).WaitAsync([restore], new VeleroWaitOptions { Timeout = TimeSpan.FromSeconds(30) }, Token).SingleAsync(Token);
        Assert.Equal(("VeleroRestorePartiallyFailed", 2), (restore.Failure!.Id, restore.ItemsDone));
        Assert.Equal("everything", (await new VeleroReader(cluster, told).BackupsAsync(new VeleroFilter { VeleroNamespace = veleroNamespace }, Token).SingleAsync(Token)).Name);
        await ended.CancelAsync();
        await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        async Task<VeleroBackup> MadeAsync(VeleroBackupRequest request)
        {
            var taker = new VeleroBackupTaker(cluster, request, told);
            return await taker.StartAsync(await taker.PrepareAsync(Token), Token);
        }

        async Task<Failure> RefusedAsync(VeleroBackupRequest request) =>
            (await Assert.ThrowsAnyAsync<UpgradeException>(() => new VeleroBackupTaker(cluster, request, told).PrepareAsync(Token))).Failure;

        async Task PatchAsync(ApiResource resource, string name, string patch)
        {
            using var patched = await cluster.Client.PatchAsync(resource, veleroNamespace, name, PatchKind.Merge, Encoding.UTF8.GetBytes(patch), new WriteOptions { FieldValidation = FieldValidation.Strict }, Token);
        }
    }

    private static JsonArray Hooks(string onError) =>
        JsonNode.Parse($$"""[{"name":"freeze","includedNamespaces":["kube-system"],"labelSelector":{"matchLabels":{"app":"db"} },"pre":[{"exec":{"container":"db","command":["sync"],"onError":"{{onError}}","timeout":"30s"} }] }]""")!.AsArray();

    // The server's part: it says which version it is.
    private static async Task AnswerAsync(ClusterConnection cluster, string veleroNamespace, CancellationToken cancellationToken)
    {
        await foreach (var asked in cluster.Client.WatchAsync(VeleroResources.ServerStatusRequests, new WatchOptions { Namespace = veleroNamespace }, cancellationToken))
        {
            using (asked.Object)
            {
                if (asked.Type != WatchEventType.Added)
                    continue;
                using var answered = await cluster.Client.PatchAsync(
                    VeleroResources.ServerStatusRequests, veleroNamespace, asked.Name, PatchKind.Merge, """{"status":{"phase":"Processed","serverVersion":"v1.16.1"}}"""u8.ToArray(), new WriteOptions(), cancellationToken);
            }
        }
    }

    private static async Task ServedAsync(ClusterConnection cluster)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var catalog = await cluster.Client.DiscoverAsync(deadline.Token);
            if (new[] { "Backup", "Restore", "BackupStorageLocation", "DownloadRequest", "ServerStatusRequest" }.All(kind => catalog.Find(VeleroResources.Group, "v1", kind) is not null))
                return;
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }
}
