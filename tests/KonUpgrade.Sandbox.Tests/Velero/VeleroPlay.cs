using System.IO.Compression;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Hosting;
using KonUpgrade.Sandbox.Velero;

namespace KonUpgrade.Sandbox.Tests.Velero;

/// <summary>Two clusters whose Veleros share a bucket, on a clock that stands still until the test moves it.</summary>
public abstract class VeleroPlay : IAsyncLifetime
{
    private SandboxHost? _host;
    private ApiClient? _blue, _green;

    protected const string Backups = "/apis/velero.io/v1/namespaces/velero/backups";
    protected const string Restores = "/apis/velero.io/v1/namespaces/velero/restores";
    protected const string Locations = "/apis/velero.io/v1/namespaces/velero/backupstoragelocations";
    protected const string Downloads = "/apis/velero.io/v1/namespaces/velero/downloadrequests";
    protected const string Deletions = "/apis/velero.io/v1/namespaces/velero/deletebackuprequests";
    protected const string StatusRequests = "/apis/velero.io/v1/namespaces/velero/serverstatusrequests";

    protected SandboxHost Host => _host ?? throw new InvalidOperationException("The sandbox is not started.");

    protected SandboxVelero Servers => Host.Velero;

    protected ApiClient Blue => _blue!;

    protected ApiClient Green => _green!;

    protected virtual VeleroSettings Settings => new() { Speed = 0 };

    protected virtual VeleroInstallation BlueVelero => new();

    protected virtual VeleroInstallation GreenVelero => new();

    public async ValueTask InitializeAsync()
    {
        _host = await SandboxHost.StartAsync(
            new SandboxOptions
            {
                Clusters = [new("blue", "1.32") { Velero = BlueVelero }, new("green", "1.34") { Velero = GreenVelero }],
                Velero = Settings,
                EstablishDelay = TimeSpan.FromMilliseconds(5),
            },
            TestContext.Current.CancellationToken);
        _blue = new ApiClient(_host, _host.Cluster("blue"));
        _green = new ApiClient(_host, _host.Cluster("green"));
        await SettleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _blue?.Dispose();
        _green?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected Task SettleAsync() => Servers.SettleAsync(TestContext.Current.CancellationToken);

    protected Task AdvanceAsync(double seconds) => Servers.AdvanceAsync(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);

    /// <summary>Lays a shop into blue: what most backups are of.</summary>
    protected void SeedShop(params string[] more) => Host.Cluster("blue").Seed(
    [
        """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop","labels":{"team":"a"}}}""",
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"shop","name":"settings","labels":{"app":"web"}},"data":{"color":"blue"}}""",
        """{"apiVersion":"v1","kind":"Secret","metadata":{"namespace":"shop","name":"token"},"stringData":{"a":"b"}}""",
        """{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"shop","name":"web"},"spec":{"type":"NodePort","selector":{"app":"web"},"ports":[{"port":80,"nodePort":30080}]}}""",
        """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"namespace":"shop","name":"web","labels":{"app":"web"},"finalizers":["example.com/kept"]},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"web:1"}]}}},"status":{"replicas":2}}""",
        .. more,
    ]);

    /// <summary>Asks for a backup; <paramref name="spec"/> is the inside of its spec.</summary>
    protected async Task<JsonObject> BackUpAsync(string name, string spec = "\"includedNamespaces\":[\"shop\"]", ApiClient? client = null)
        => (await (client ?? Blue).PostAsync(Backups, $$"""{"apiVersion":"velero.io/v1","kind":"Backup","metadata":{"name":"{{name}}"},"spec":{ {{spec}} } }""")).Must(201).Json;

    /// <summary>A backup that is done, and has come to green.</summary>
    protected async Task<JsonObject> BackedUpAsync(string name, string spec = "\"includedNamespaces\":[\"shop\"]")
    {
        await BackUpAsync(name, spec);
        await AdvanceAsync(90);
        return await GetAsync(Green, $"{Backups}/{name}");
    }

    protected async Task RestoreAsync(string name, string backup, string more = "", ApiClient? client = null)
        => (await (client ?? Green).PostAsync(Restores, $$"""{"apiVersion":"velero.io/v1","kind":"Restore","metadata":{"name":"{{name}}"},"spec":{"backupName":"{{backup}}"{{more}}} }""")).Must(201);

    /// <summary>A restore on green that is done.</summary>
    protected async Task<JsonObject> RestoredAsync(string name, string backup, string more = "")
    {
        await RestoreAsync(name, backup, more);
        await AdvanceAsync(30);
        return await GetAsync(Green, $"{Restores}/{name}");
    }

    protected static async Task<JsonObject> GetAsync(ApiClient client, string path)
    {
        ArgumentNullException.ThrowIfNull(client);
        return (await client.GetAsync(path)).Must(200).Json;
    }

    protected async Task<string> PhaseAsync(ApiClient client, string path)
    {
        await SettleAsync();
        return Phase(await GetAsync(client, path));
    }

    protected static string Phase(JsonNode? item) => (string?)item!["status"]?["phase"] ?? string.Empty;

    protected static string Errors(JsonNode? item) => string.Join("; ", item!["status"]?["validationErrors"]?.AsArray().Select(error => (string?)error) ?? []);

    protected static long Number(JsonNode? node) => node is null ? 0 : (long)node;

    /// <summary>The content of what a DownloadRequest leads to.</summary>
    protected async Task<byte[]> DownloadAsync(ApiClient client, string kind, string name)
    {
        ArgumentNullException.ThrowIfNull(client);
        string request = (string)(await client.PostAsync(Downloads, $$"""{"apiVersion":"velero.io/v1","kind":"DownloadRequest","metadata":{"generateName":"{{name}}-"},"spec":{"target":{"kind":"{{kind}}","name":"{{name}}"} } }""")).Must(201).Json["metadata"]!["name"]!;
        await SettleAsync();
        JsonObject done = await GetAsync(client, $"{Downloads}/{request}");
        Assert.Equal("Processed", Phase(done));
        using var http = new HttpClient();
        byte[] packed = await http.GetByteArrayAsync(new Uri((string)done["status"]!["downloadURL"]!), TestContext.Current.CancellationToken);
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var content = new MemoryStream();
        await gzip.CopyToAsync(content, TestContext.Current.CancellationToken);
        return content.ToArray();
    }

    protected async Task<JsonObject> ResultsAsync(ApiClient client, string kind, string name) => (JsonObject)JsonNode.Parse(await DownloadAsync(client, kind, name))!;
}
