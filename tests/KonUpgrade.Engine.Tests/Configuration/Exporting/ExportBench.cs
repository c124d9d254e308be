using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Configuration.Exporting;

/// <summary>A sandbox with one cluster, a folder, and what it takes to export the one into the other.</summary>
internal sealed class ExportBench : IAsyncDisposable
{
    private ExportBench(SandboxHost host) => Host = host;

    public SandboxHost Host { get; }

    public SandboxCluster Blue => Host.Cluster("blue");

    public TempFolder Folder { get; } = new();

    public RecordingReporter Reporter { get; } = new();

    public static SystemDescription Everything { get; } = new() { Name = "Test", Title = "Everything" };

    public static async Task<ExportBench> StartAsync(string version = "1.33") =>
        new(await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", version), new SandboxClusterOptions("green", version)));

    /// <summary>Lays some objects of a shop into blue.</summary>
    public ExportBench WithShop()
    {
        Blue.Seed(
            [
                """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web","namespace":"shop","labels":{"app":"web"}},"data":{"answer":"yes","script":"#!/bin/sh\necho hi\n"}}""",
                """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"db","namespace":"shop","labels":{"app":"db"},"finalizers":["example.com/keep"]},"data":{"a":"b"}}""",
                """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"other","namespace":"office"},"data":{"a":"b"}}""",
                """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"password","namespace":"shop"},"data":{"p":"c2VjcmV0"}}""",
                """{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""",
                """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"web:1"}]}}}}""",
                """{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"web-1","namespace":"shop","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","controller":true}]},"spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"web:1"}]}}}}""",
                """{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"web-2","namespace":"shop","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","controller":true}]},"spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"web:1"}]}}}}""",
                """{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"shop:Reader"},"rules":[]}""",
            ],
            "helm");
        return this;
    }

    public Task<ClusterConnection> ConnectAsync(string context = "blue") => SandboxFixture.ConnectAsync(Host, context, reporter: Reporter);

    public async Task<ClusterConfigExport> ExportAsync(Func<ExportOptions, ExportOptions>? change = null, string context = "blue", CancellationToken? cancellationToken = null)
    {
        await using var connection = await ConnectAsync(context);
        var options = new ExportOptions { Path = Folder.Path, System = Everything };
        var exporter = new ConfigExporter(connection, change?.Invoke(options) ?? options, Reporter);
        var exports = await exporter.RunAsync(cancellationToken ?? TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        return Assert.Single(exports);
    }

    public async Task<UpgradeException> FailAsync(Func<ExportOptions, ExportOptions>? change = null, string context = "blue") =>
        await Assert.ThrowsAnyAsync<UpgradeException>(() => ExportAsync(change, context));

    /// <summary>The export's files, but for the times in its summary.</summary>
    public SortedDictionary<string, string> Files()
    {
        var files = Folder.Files();
        if (files.TryGetValue("export.yaml", out var summary))
            files["export.yaml"] = string.Join('\n', summary.Split('\n').Where(line => !line.StartsWith("exportedAt:", StringComparison.Ordinal) && !line.StartsWith("durationSeconds:", StringComparison.Ordinal)));
        return files;
    }

    /// <summary>Everything in the export is as its lists and checksums say.</summary>
    public async Task<List<ManifestFile>> AssertWholeAsync()
    {
        var directory = await ManifestDirectory.OpenAsync(Folder.Path, TestContext.Current.CancellationToken);
        Assert.NotNull(directory.Export);
        Assert.Empty(directory.Problems);
        var files = await directory.ReadAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.All(files, file => Assert.Null(file.Problem));
        return files;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Folder.Dispose();
    }
}
