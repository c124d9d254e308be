using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Directories;
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
        Assert.Equal(["export.yaml"], bench.Folder.Files(withPrivate: true).Keys);
    }

    [Fact]
    public async Task A_copy_of_another_export_is_refused_without_a_trace()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        Directory.Delete(bench.Folder[".konupgrade"], recursive: true);

        Assert.Equal("OtherExport", (await bench.FailAsync(context: "green")).Failure.Id);

        Assert.False(Directory.Exists(bench.Folder[".konupgrade"]));
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

    [Theory]
    [InlineData("list changed")]
    [InlineData("list gone")]
    [InlineData("summary gone")]
    [InlineData("summary with less in it")]
    [InlineData("summary with marks of a merge")]
    [InlineData("summary with a second document")]
    public async Task A_damaged_export_is_replaced_on_purpose_and_not_otherwise(string damage)
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        var whole = bench.Files();
        if (damage == "list changed")
            File.AppendAllText(bench.Folder["files.jsonl"], "x\n");
        else if (damage == "list gone")
            File.Delete(bench.Folder["files.jsonl"]);
        else if (damage == "summary gone")
            File.Delete(bench.Folder["export.yaml"]);
        else if (damage == "summary with a second document")
            File.AppendAllText(bench.Folder["export.yaml"], "---\na: b\n");
        else
            File.WriteAllText(bench.Folder["export.yaml"], damage == "summary with less in it" ? "apiVersion: konupgrade.dev/v1\nkind: ClusterConfigExport\n" : "<<<<<<< HEAD\na: b\n");
        File.AppendAllText(bench.Folder["core/ConfigMap/shop/web.yaml"], "x: y\n");
        bench.Folder.Write("core/ConfigMap/shop/notes.txt", "mine");

        var exception = await bench.FailAsync();
        Assert.Equal("ExportDamaged", exception.Failure.Id);
        Assert.Contains("-Force", exception.Failure.Recommendation, StringComparison.Ordinal);
        Assert.Single(exception.Failure.Message.Split("The export is damaged").Skip(1));
        var export = await bench.ExportAsync(options => options with { ReplaceExport = true });

        Assert.True(export.Complete, string.Join('\n', export.Failures));
        Assert.Contains(bench.Reporter.Of("warning"), warning => warning.Contains("damaged", StringComparison.Ordinal));
        whole["core/ConfigMap/shop/notes.txt"] = "mine";
        Assert.Equal(whole, bench.Files());
        await bench.AssertWholeAsync();
    }

    [Theory]
    [InlineData("a link to a folder of the export")]
    [InlineData("a link to a folder with other files")]
    [InlineData("a file where a folder belongs")]
    [InlineData("a folder where a record belongs")]
    [InlineData("a folder where a file of the export was")]
    public async Task What_is_in_the_way_of_a_new_export_is_met_while_the_earlier_one_is_whole(string obstacle)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Symbolic links need rights there.");
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        using var outside = new TempFolder();
        var isLink = obstacle.StartsWith("a link", StringComparison.Ordinal);
        ExportOptions Select(ExportOptions options) => options with { Selection = new ClusterConfigSelection { Kind = isLink ? [] : ["ConfigMap"] } };
        await bench.ExportAsync(Select);
        await ChangeAsync(bench);
        var earlier = bench.Folder.Files();
        string inTheWay;
        switch (obstacle)
        {
            case "a link to a folder of the export":
                inTheWay = bench.Folder["core", "ConfigMap"];
                Directory.Move(inTheWay, outside["ConfigMap"]);
                Directory.CreateSymbolicLink(inTheWay, outside["ConfigMap"]);
                break;
            case "a link to a folder with other files":
                inTheWay = bench.Folder["batch"];
                Directory.CreateSymbolicLink(inTheWay, outside.Path);
                break;
            case "a file where a folder belongs":
                File.WriteAllText(inTheWay = bench.Folder["core", "ConfigMap", "fresh"], "mine");
                break;
            case "a folder where a record belongs":
                File.Delete(inTheWay = bench.Folder[".gitattributes"]);
                Directory.CreateDirectory(inTheWay);
                break;
            default:
                File.Delete(inTheWay = bench.Folder["core", "ConfigMap", "office", "other.yaml"]);
                Directory.CreateDirectory(Path.Combine(inTheWay, "mine"));
                break;
        }

        var exception = await bench.FailAsync(Select);

        Assert.Equal((isLink ? "SymbolicLink" : "ForeignFile", inTheWay), (exception.Failure.Id, exception.Failure.Target));
        Assert.False(ExportCommit.IsPending(bench.Folder.Path));
        ClearAway(inTheWay, outside);
        foreach (var (path, text) in earlier.Where(file => file.Key is not (".gitattributes" or "core/ConfigMap/office/other.yaml")))
            Assert.Equal(text, bench.Folder.Files()[path]);
        await bench.ExportAsync(Select);
        await bench.AssertWholeAsync();
    }

    [Fact]
    public async Task A_foreign_folder_in_an_objects_place_keeps_out_that_object_alone()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        await ChangeAsync(bench);
        Directory.CreateDirectory(bench.Folder["core", "ConfigMap", "fresh", "new.yaml", "mine"]);

        var export = await bench.ExportAsync();

        Assert.Equal("ForeignFile", Assert.Single(export.Failures).Id);
        Assert.Contains("changed", bench.Files()["core/ConfigMap/office/other.yaml"], StringComparison.Ordinal);
        await bench.AssertWholeAsync();
    }

    [Fact]
    public async Task A_folder_in_the_place_of_a_file_that_goes_is_left_alone()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        File.Delete(bench.Folder["apps", "Deployment", "shop", "web.yaml"]);
        Directory.CreateDirectory(bench.Folder["apps", "Deployment", "shop", "web.yaml"]);
        await using (var connection = await bench.ConnectAsync())
            await connection.Client.DeleteAsync(TestResources.Deployments, "shop", "web", new DeleteOptions { Propagation = DeletePropagation.Orphan }, Token);

        await bench.ExportAsync();

        Assert.True(Directory.Exists(bench.Folder["apps", "Deployment", "shop", "web.yaml"]));
        await bench.AssertWholeAsync();
    }

    // An object that changes, and one in a namespace and of a kind that the earlier export knew nothing of.
    private static async Task ChangeAsync(ExportBench bench)
    {
        await using var connection = await bench.ConnectAsync();
        using var changed = await connection.Client.PatchAsync(
            TestResources.ConfigMaps, "office", "other", PatchKind.Merge, """{"data":{"a":"changed"}}"""u8.ToArray(), new WriteOptions(), Token);
        bench.Blue.Seed(
            [
                """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"new","namespace":"fresh"},"data":{"a":"b"}}""",
                """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"night","namespace":"shop"},"spec":{"schedule":"0 0 * * *","jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"a"}],"restartPolicy":"Never"}}}}}}""",
            ]);
    }

    private static void ClearAway(string inTheWay, TempFolder outside)
    {
        if (new FileInfo(inTheWay).LinkTarget is not null)
        {
            File.Delete(inTheWay);
            if (Directory.Exists(outside["ConfigMap"]))
                Directory.Move(outside["ConfigMap"], inTheWay);
        }
        else if (Directory.Exists(inTheWay))
        {
            Directory.Delete(inTheWay, recursive: true);
        }
        else
        {
            File.Delete(inTheWay);
        }
    }
}
