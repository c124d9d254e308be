using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Velero;

/// <summary>Two clusters with Velero's kinds, whose server is the test itself: it says what phase an object has.</summary>
internal sealed class PlayedVelero : IAsyncDisposable
{
    private const string Any = """{"type":"object","x-kubernetes-preserve-unknown-fields":true}""";
    private const string Texts = """{"type":"array","items":{"type":"string"}}""";

    // What old versions of Velero know; newer fields are put beside.
    private const string OldBackup =
        $$"""
        "includedNamespaces":{{Texts}},"excludedNamespaces":{{Texts}},"includedResources":{{Texts}},"excludedResources":{{Texts}},"volumeSnapshotLocations":{{Texts}},
        "includeClusterResources":{"type":"boolean"},"labelSelector":{{Any}},"snapshotVolumes":{"type":"boolean"},"ttl":{"type":"string"},"storageLocation":{"type":"string"},
        "defaultVolumesToFsBackup":{"type":"boolean"},"orderedResources":{{Any}},
        "hooks":{"type":"object","properties":{"resources":{"type":"array","items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"includedNamespaces":{{Texts}},"pre":{"type":"array","items":{{Any}} } } } } } }
        """;

    private PlayedVelero(SandboxHost host, ClusterConnection blue, ClusterConnection green) => (Host, Blue, Green) = (host, blue, green);

    public SandboxHost Host { get; }

    public ClusterConnection Blue { get; }

    public ClusterConnection Green { get; }

    public RecordingReporter Told { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts both, each with one storage location <c>default</c> of the same bucket.</summary>
    public static async Task<PlayedVelero> StartAsync(string blueVersion = "1.32", string greenVersion = "1.33", bool isOld = false, string image = "velero/velero:v1.16.1", IReadOnlyList<string>? definitions = null)
    {
        var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", blueVersion), new SandboxClusterOptions("green", greenVersion));
        var played = new PlayedVelero(host, await SandboxFixture.ConnectAsync(host, "blue"), await SandboxFixture.ConnectAsync(host, "green"));
        foreach (var cluster in new[] { "blue", "green" })
        {
            host.Cluster(cluster).Seed(definitions ??
            [
                Definition("Backup", OldBackup + (isOld ? "" : $$""","snapshotMoveData":{"type":"boolean"},"orLabelSelectors":{"type":"array","items":{{Any}} }""")),
                Definition("Restore", null),
                Definition("BackupStorageLocation", null),
                Definition("DownloadRequest", null),
                Definition("ServerStatusRequest", null),
            ]);
            host.Cluster(cluster).Seed([.. new[] { "velero", "shop", "team-a" }.Select(name => $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{name}}}"}}"""), Server(image)]);
            await played.LocationAsync(cluster, "default");
        }

        return played;
    }

    /// <summary>The real definitions of a folder, as clusters take them.</summary>
    public static IReadOnlyList<string> Real(string folder) =>
        [.. Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal).SelectMany(file => YamlReader.Read(File.ReadAllBytes(file), file)).Select(document =>
        {
            var definition = JsonNode.Parse(document.Json.Span)!.AsObject();
            definition.Remove("status");
            return definition.ToJsonString();
        })];

    private static string Server(string image, int available = 1, string arguments = "") =>
        $$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"velero","namespace":"velero"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"velero"} },
         "template":{"metadata":{"labels":{"app":"velero"} },"spec":{"serviceAccountName":"velero","containers":[{"name":"velero","image":"{{image}}","command":["/velero"],"args":["server"{{arguments}}]}]} } },
         "status":{"replicas":1,"availableReplicas":{{available}} } }
        """;

    public Task LocationAsync(string cluster, string name, string bucket = "shared", string spec = "", string status = """ "phase":"Available" """) => PutAsync(
        cluster, VeleroResources.StorageLocations, name,
        $$"""
        {"apiVersion":"velero.io/v1","kind":"BackupStorageLocation","metadata":{"name":"{{name}}","namespace":"velero"},
         "spec":{"provider":"aws","objectStorage":{"bucket":"{{bucket}}","prefix":"prod"},"default":{{(name == "default" ? "true" : "false")}}{{spec}}},"status":{ {{status}} } }
        """);

    /// <summary>What the sync would put there.</summary>
    public Task SyncAsync(string cluster, string name, string status = """ "phase":"Completed","startTimestamp":"2026-05-04T12:00:00Z" """, string annotations = "{}", string spec = """ "storageLocation":"default" """) =>
        PutAsync(
            cluster, VeleroResources.Backups, name,
            $$"""{"apiVersion":"velero.io/v1","kind":"Backup","metadata":{"name":"{{name}}","namespace":"velero","annotations":{{annotations}} },"spec":{ {{spec}} },"status":{ {{status}} } }""");

    /// <summary>The server's Deployment, in place of the one that is there.</summary>
    public Task ServerAsync(string cluster, int available = 1, string arguments = "") => PutAsync(cluster, TestResources.Deployments, "velero", Server("velero/velero:v1.16.1", available, arguments));

    /// <summary>An object of Velero's namespace, in place of one that is there.</summary>
    public async Task PutAsync(string cluster, ApiResource resource, string name, string json)
    {
        await (cluster == "blue" ? Blue : Green).Client.DeleteAsync(resource, "velero", name, new DeleteOptions(), Token);
        Host.Cluster(cluster).Seed([json]);
    }

    public VeleroBackupTaker Taker(VeleroBackupRequest? request = null, ClusterConnection? cluster = null, TimeProvider? time = null) =>
        new(cluster ?? Blue, request ?? Request(), Told, time);

    public static VeleroBackupRequest Request(string? name = "before") => new() { Name = name, Selection = new VeleroScope { Namespaces = ["shop"] } };

    public VeleroRestorer Restorer(VeleroRestoreRequest? request = null, TimeProvider? time = null) => new(Green, request ?? new VeleroRestoreRequest { Name = "over" }, Told, time);

    public async Task<VeleroBackup> TakeAsync(VeleroBackupRequest? request = null, ClusterConnection? cluster = null)
    {
        var taker = Taker(request, cluster);
        return await taker.StartAsync(await taker.PrepareAsync(Token), Token);
    }

    public async Task<VeleroRestore> RestoreAsync(VeleroBackup backup, VeleroRestoreRequest? request = null)
    {
        var restorer = Restorer(request);
        return await restorer.StartAsync(await restorer.PrepareAsync(backup, Token), Token);
    }

    public async Task<Failure> RefusedAsync(VeleroBackupRequest request, ClusterConnection? cluster = null) =>
        (await Assert.ThrowsAnyAsync<UpgradeException>(() => Taker(request, cluster).PrepareAsync(Token))).Failure;

    public async Task<Failure> RefusedAsync(VeleroBackup backup, VeleroRestoreRequest? request = null, TimeProvider? time = null) =>
        (await Assert.ThrowsAnyAsync<UpgradeException>(() => Restorer(request, time).PrepareAsync(backup, Token))).Failure;

    /// <summary>Says how one stands, as the server would.</summary>
    public static async Task StatusAsync(ClusterConnection cluster, ApiResource resource, string name, string status)
    {
        using var patched = await cluster.Client.PatchAsync(
            resource, "velero", name, PatchKind.Merge, Encoding.UTF8.GetBytes($$"""{"status":{ {{status}} } }"""), new WriteOptions { FieldManager = "velero-server" }, Token);
    }

    public static async Task<JsonObject> ObjectAsync(ClusterConnection cluster, ApiResource resource, string name)
    {
        using var found = await cluster.Client.GetAsync(resource, "velero", name, Token);
        return JsonNode.Parse(found!.Json.Span)!.AsObject();
    }

    public static async Task<IReadOnlyList<string>> NamesAsync(ClusterConnection cluster, ApiResource resource)
    {
        var names = new List<string>();
        await foreach (var found in cluster.Client.ListAsync(resource, new ListOptions { Namespace = "velero" }, Token))
        {
            using (found)
                names.Add(found.Name);
        }

        return names;
    }

    public void Fault(SandboxFault fault) => Host.Faults.Add(fault);

    public async ValueTask DisposeAsync()
    {
        await Blue.DisposeAsync();
        await Green.DisposeAsync();
        await Host.DisposeAsync();
    }

    private static string Definition(string kind, string? spec)
    {
        var name = kind.ToLowerInvariant();
        return $$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{{name}}}s.velero.io"},
             "spec":{"group":"velero.io","scope":"Namespaced","names":{"kind":"{{{kind}}}","plural":"{{{name}}}s","singular":"{{{name}}}","listKind":"{{{kind}}}List"},
             "versions":[{"name":"v1","served":true,"storage":true,
               "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{{{(spec is null ? Any : $$"""{"type":"object","properties":{ {{spec}} } }""")}}},"status":{{{Any}}} } } } }]} }
            """;
    }
}
