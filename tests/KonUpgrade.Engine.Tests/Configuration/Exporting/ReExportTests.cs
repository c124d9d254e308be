using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Configuration.Exporting;

public sealed class ReExportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_gone_from_the_cluster_goes_from_the_export_and_what_is_the_same_is_not_written_again()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        File.SetLastWriteTimeUtc(bench.Folder["core", "ConfigMap", "shop", "web.yaml"], new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await using (var connection = await bench.ConnectAsync())
        {
            await connection.Client.DeleteAsync(TestResources.Deployments, "shop", "web", new DeleteOptions { Propagation = DeletePropagation.Orphan }, Token);
            using var changed = await connection.Client.PatchAsync(
                TestResources.ConfigMaps, "office", "other", PatchKind.Merge, """{"data":{"a":"changed"}}"""u8.ToArray(), new WriteOptions(), Token);
        }

        await bench.ExportAsync();

        var files = bench.Files();
        Assert.DoesNotContain(files.Keys, path => path.StartsWith("apps/Deployment", StringComparison.Ordinal));
        Assert.False(Directory.Exists(bench.Folder["apps", "Deployment"]));
        Assert.Contains("changed", files["core/ConfigMap/office/other.yaml"], StringComparison.Ordinal);
        Assert.Equal(2001, File.GetLastWriteTimeUtc(bench.Folder["core", "ConfigMap", "shop", "web.yaml"]).Year);
        await bench.AssertWholeAsync();
    }

    [Fact]
    public async Task A_file_that_somebody_changed_or_deleted_is_put_right()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        var before = bench.Files();
        File.AppendAllText(bench.Folder["core", "ConfigMap", "shop", "web.yaml"], "x: y\n");
        File.Delete(bench.Folder["core", "ConfigMap", "shop", "db.yaml"]);

        await bench.ExportAsync();

        Assert.Equal(before, bench.Files());
    }

    [Fact]
    public async Task Files_that_are_not_the_exports_are_left_alone_and_told()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        bench.Folder.Write("core/ConfigMap/shop/notes.txt", "mine");
        bench.Folder.Write("README.md", "mine");
        bench.Folder.Write(".git/config", "git's");

        await bench.ExportAsync();
        await bench.ExportAsync();

        var files = bench.Files();
        Assert.Equal("mine", files["core/ConfigMap/shop/notes.txt"]);
        Assert.Equal("git's", files[".git/config"]);
        Assert.All(bench.Reporter.Of("warning"), warning => Assert.Contains("2 files", warning, StringComparison.Ordinal));
        Assert.Equal(2, bench.Reporter.Of("warning").Count);
        await bench.AssertWholeAsync();
    }

    [Fact]
    public async Task A_foreign_file_in_an_objects_place_is_not_overwritten()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        bench.Folder.Write("core/ConfigMap/shop/web.yaml", "mine");

        var export = await bench.ExportAsync();

        Assert.Equal("ForeignFile", Assert.Single(export.Failures).Id);
        Assert.False(export.Complete);
        Assert.Equal("mine", bench.Files()["core/ConfigMap/shop/web.yaml"]);
        Assert.DoesNotContain("ConfigMap/shop/web.yaml", bench.Files()["files.jsonl"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_summary_is_not_overwritten()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        bench.Folder.Write("export.yaml", "apiVersion: v1\nkind: ConfigMap\n");

        Assert.Equal("ForeignFile", (await bench.FailAsync()).Failure.Id);
    }

    [Fact]
    public async Task Another_clusters_export_is_refused_unless_it_is_replaced_on_purpose()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        var earlier = bench.Folder.Files();

        var exception = await bench.FailAsync(context: "green");

        Assert.Equal(("OtherExport", FailureKind.Refused), (exception.Failure.Id, exception.Failure.Kind));
        Assert.Equal(earlier, bench.Folder.Files());
        await bench.ExportAsync(options => options with { ReplaceExport = true }, context: "green");
        Assert.DoesNotContain("core/ConfigMap/shop/web.yaml", bench.Files().Keys);
        await bench.AssertWholeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_system_or_selection_is_refused_too(bool system)
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();

        var exception = await bench.FailAsync(options => system
            ? options with { System = options.System with { Name = "Other" } }
            : options with { Selection = new ClusterConfigSelection { Kind = ["ConfigMap"] } });

        Assert.Equal("OtherExport", exception.Failure.Id);
    }

    [Fact]
    public async Task Two_exports_into_one_directory_do_not_mix()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        using (ExportCommit.Lock(bench.Folder.Path))
            Assert.Equal("DirectoryBusy", (await bench.FailAsync()).Failure.Id);
        await bench.ExportAsync();
    }

    [Fact]
    public async Task An_export_into_a_folder_that_is_a_link_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Symbolic links need rights there.");
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        using var outside = new TempFolder();
        Directory.CreateSymbolicLink(bench.Folder["core"], outside.Path);

        Assert.Equal("SymbolicLink", (await bench.FailAsync()).Failure.Id);
        Assert.Empty(outside.Files());
    }
}
