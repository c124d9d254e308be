using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Configuration.Reading;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Configuration.Exporting;

public sealed class ExportFaultTests
{
    public static TheoryData<SandboxFault> PassingFaults =>
    [
        new SandboxFault { Kind = FaultKind.TooManyRequests, Verb = "list", Resource = "configmaps", RetryAfterSeconds = 0 },
        new SandboxFault { Kind = FaultKind.ServerError, Verb = "list", Resource = "configmaps" },
        new SandboxFault { Kind = FaultKind.Reset, Verb = "list", Resource = "configmaps" },
        new SandboxFault { Kind = FaultKind.Reset, Verb = "list", Resource = "configmaps", AfterBytes = 20_000 },
        new SandboxFault { Kind = FaultKind.ExpiredPage, Verb = "list", Resource = "configmaps" },
    ];

    [Theory]
    [MemberData(nameof(PassingFaults), DisableDiscoveryEnumeration = true)]
    public async Task A_fault_that_passes_costs_nothing_but_time(SandboxFault fault)
    {
        // Servers of this version are listed page by page to the end; newer ones in one piece after the first page.
        await using var bench = (await ExportBench.StartAsync("1.30")).WithShop();
        bench.Blue.Seed(Enumerable.Range(0, 1500).Select(i => $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m{{{i}}}","namespace":"shop"},"data":{"a":"{{{i}}}"}}"""));
        await bench.ExportAsync();
        var undisturbed = bench.Files();
        Directory.Delete(bench.Folder.Path, recursive: true);
        var id = bench.Host.Faults.Add(fault);

        var export = await bench.ExportAsync();

        Assert.Equal(1, bench.Host.Faults.Struck(id));
        Assert.True(export.Complete, string.Join('\n', export.Failures));
        Assert.Equal(undisturbed, bench.Files());
    }

    [Fact]
    public async Task A_server_that_never_answers_is_tried_by_one_call_alone()
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using var folder = new TempFolder();
        var kubeConfig = folder.Write("config", $"contexts: [{{name: blue, context: {{cluster: blue}}}}]\nclusters: [{{name: blue, cluster: {{server: '{server.Uri}'}}}}]\n");
        await using var connection = await ClusterConnection.OpenAsync(
            new ClusterTarget("blue", kubeConfig), new ConnectionOptions { Retry = server.Endpoint().Retry }, NullReporter.Instance, TestContext.Current.CancellationToken);
        var exporter = new ConfigExporter(connection, new ExportOptions { Path = folder["export"], System = ExportBench.Everything }, NullReporter.Instance);

        await Assert.ThrowsAnyAsync<UpgradeException>(() => exporter.RunAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(Enumerable.Repeat("GET /api/v1/namespaces/kube-system", 3), server.Requests);
        // A command that has to find out the system asks for that first.
        await Assert.ThrowsAnyAsync<UpgradeException>(() => connection.Client.DiscoverAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Enumerable.Repeat("GET /api", 3), server.Requests.Skip(3));
    }

    [Fact]
    public async Task A_kind_that_may_not_be_listed_is_told_and_the_others_go_on()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        bench.Blue.Deny(new DeniedAccess { Verb = "list", Group = "", Resource = "configmaps" });

        var export = await bench.ExportAsync();

        Assert.False(export.Complete);
        var failure = Assert.Single(export.Failures);
        Assert.Equal(FailureKind.PermissionDenied, failure.Kind);
        Assert.Contains("ConfigMap", failure.Target, StringComparison.Ordinal);
        Assert.Contains("apps/Deployment/shop/web.yaml", bench.Files().Keys);
        var read = (await ManifestDirectory.OpenAsync(bench.Folder.Path, TestContext.Current.CancellationToken)).Export!;
        Assert.Equal(failure, Assert.Single(read.Failures));
        Assert.False(read.Complete);
    }

    [Fact]
    public async Task A_kind_of_an_earlier_export_that_may_no_longer_be_listed_stays_as_it_was()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        var earlier = bench.Files();
        bench.Blue.Deny(new DeniedAccess { Verb = "list", Group = "", Resource = "configmaps" });

        Assert.False((await bench.ExportAsync()).Complete);

        var later = bench.Files();
        Assert.Equal(earlier.Keys, later.Keys);
        Assert.Equal(earlier["files.jsonl"], later["files.jsonl"]);
        await bench.AssertWholeAsync();
    }

    [Fact]
    public async Task A_kind_that_is_served_and_not_found_is_a_failure_and_not_an_empty_one()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        bench.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, StatusCode = 404, Verb = "list", Group = "", Resource = "configmaps", Count = null });

        var export = await bench.ExportAsync();

        Assert.False(export.Complete);
        Assert.Contains("ConfigMap", Assert.Single(export.Failures).Target, StringComparison.Ordinal);
        Assert.Contains("core/ConfigMap/shop/web.yaml", bench.Files().Keys);
        await bench.AssertWholeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_object_that_can_not_be_exported_keeps_its_earlier_file(bool odd)
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        var earlier = bench.Files();
        File.Delete(bench.Folder["core/ConfigMap/office/other.yaml"]);
        await using (var connection = await bench.ConnectAsync())
        {
            using var changed = await connection.Client.PatchAsync(
                TestResources.ConfigMaps, "shop", "web", PatchKind.Merge, """{"data":{"answer":"changed"}}"""u8.ToArray(), new WriteOptions(), TestContext.Current.CancellationToken);
        }

        Exception failure = odd ? new InvalidOperationException("It is of another kind.") : new UpgradeException(new Failure { Id = "Odd", Kind = FailureKind.InvalidData, Message = "It is odd." });

        var export = await bench.ExportAsync(options => options with { Files = new RefusingFiles("web.yaml", failure) });

        Assert.False(export.Complete);
        Assert.Equal("v1 ConfigMap shop/web", Assert.Single(export.Failures).Target);
        Assert.Equal(earlier["core/ConfigMap/shop/web.yaml"], bench.Files()["core/ConfigMap/shop/web.yaml"]);
        Assert.Contains(bench.Reporter.Of("warning"), warning => warning.StartsWith("1 files of the earlier export were kept", StringComparison.Ordinal));
        await bench.AssertWholeAsync();
    }

    [Fact]
    public async Task A_new_directory_is_its_owners_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        var path = Path.Combine(bench.Folder.Path, "new");

        await bench.ExportAsync(options => options with { Path = path });

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task A_kind_that_never_travels_need_not_be_listable()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        bench.Blue.Deny(new DeniedAccess { Verb = "list", Group = "coordination.k8s.io", Resource = "leases" });

        Assert.True((await bench.ExportAsync()).Complete);
        Assert.Contains("could not be counted", bench.Files()["left-out.jsonl"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_that_would_stay_behind_need_not_be_listable_and_that_is_told()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync(options => options with { Secret = SecretHandling.Include });
        bench.Blue.Deny(new DeniedAccess { Verb = "list", Group = "", Resource = "secrets" });

        var export = await bench.ExportAsync();

        Assert.True(export.Complete, string.Join('\n', export.Failures));
        Assert.Contains("\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"reason\":\"They are not exported", bench.Files()["left-out.jsonl"], StringComparison.Ordinal);
        Assert.Contains(bench.Reporter.Of("warning"), m => m.StartsWith("blue: Which Secrets there are can't be told.", StringComparison.Ordinal));
        // What the earlier one had of them does not stay.
        Assert.DoesNotContain(bench.Files().Keys, path => path.StartsWith("core/Secret/", StringComparison.Ordinal));
        var items = await ReadAsync(bench, new ClusterConfigSelection());
        Assert.DoesNotContain(items, item => item.Action == ClusterConfigItemAction.Failed);
        Assert.Equal(2, bench.Reporter.Of("warning").Count(m => m.Contains("Which Secrets there are can't be told.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Secrets_that_are_asked_for_must_be_listable()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        bench.Blue.Deny(new DeniedAccess { Verb = "list", Group = "", Resource = "secrets" });
        var named = new ClusterConfigSelection { Kind = ["Secret", "ConfigMap"] };

        Assert.False((await bench.ExportAsync(options => options with { Secret = SecretHandling.Include })).Complete);
        Assert.False((await bench.ExportAsync(options => options with { Selection = named, ReplaceExport = true })).Complete);
        Assert.Contains(await ReadAsync(bench, named), item => item is { Kind: "Secret", Action: ClusterConfigItemAction.Failed });
    }

    [Fact]
    public async Task A_login_that_may_list_nothing_gets_an_error_and_the_earlier_export_stays()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        var earlier = bench.Folder.Files();

        var exception = await bench.FailAsync(options => options with { ReplaceExport = true }, context: "blue-nobody");

        Assert.Equal(FailureKind.PermissionDenied, exception.Failure.Kind);
        Assert.Equal(earlier, bench.Folder.Files());
    }

    [Fact]
    public async Task A_disk_that_fills_up_leaves_the_earlier_export_whole()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        var earlier = bench.Folder.Files();
        bench.Blue.SeedSamples(500);

        var exception = await bench.FailAsync(options => options with { Files = new FullDisk(after: 100) });

        Assert.Equal(("DiskFull", FailureKind.WriteError), (exception.Failure.Id, exception.Failure.Kind));
        Assert.Equal(earlier, bench.Folder.Files());
        Assert.DoesNotContain(bench.Folder.Files(withPrivate: true).Keys, path => path.Contains("staging", StringComparison.Ordinal));
        Assert.True((await bench.ExportAsync()).Complete);
        await bench.AssertWholeAsync();
    }

    [Fact]
    public async Task A_stop_halfway_leaves_the_earlier_export_whole_and_the_directory_free()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        var earlier = bench.Folder.Files();
        bench.Blue.SeedSamples(2000);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.ExportAsync(options => options with { Files = new StoppingFiles(stop, after: 300) }, cancellationToken: stop.Token));

        Assert.Equal(earlier, bench.Folder.Files());
        var export = await bench.ExportAsync();
        Assert.True(export.Complete);
        Assert.True(export.ObjectCount > 2000);
        await bench.AssertWholeAsync();
    }

    private sealed class FullDisk(int after) : IExportFiles
    {
        private readonly DiskFiles _disk = new();
        private int _written;

        public void CreateFolder(string path) => _disk.CreateFolder(path);

        public void Write(string path, ReadOnlySpan<byte> content, bool isPrivate)
        {
            if (Interlocked.Increment(ref _written) > after)
                throw new IOException("No space left on device", 28);
            _disk.Write(path, content, isPrivate);
        }
    }

    private sealed class RefusingFiles(string name, Exception exception) : IExportFiles
    {
        private readonly DiskFiles _disk = new();

        public void CreateFolder(string path) => _disk.CreateFolder(path);

        public void Write(string path, ReadOnlySpan<byte> content, bool isPrivate)
        {
            if (Path.GetFileName(path) == name)
                throw exception;
            _disk.Write(path, content, isPrivate);
        }
    }

    private sealed class StoppingFiles(CancellationTokenSource stop, int after) : IExportFiles
    {
        private readonly DiskFiles _disk = new();
        private int _written;

        public void CreateFolder(string path) => _disk.CreateFolder(path);

        public void Write(string path, ReadOnlySpan<byte> content, bool isPrivate)
        {
            if (Interlocked.Increment(ref _written) == after)
                stop.Cancel();
            _disk.Write(path, content, isPrivate);
        }
    }

    private static async Task<List<ClusterConfigItem>> ReadAsync(ExportBench bench, ClusterConfigSelection selection)
    {
        await using var blue = await bench.ConnectAsync();
        var options = new ReadOptions { System = ExportBench.Everything, Selection = selection };
        return await new ConfigReader(blue, options, bench.Reporter).RunAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
    }
}
