using System.Collections;
using System.Text;
using KonUpgrade.Engine.Configuration.Reading;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Tests.Configuration.Exporting;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;

namespace KonUpgrade.Engine.Tests.Configuration.Reading;

/// <summary>A cluster's or a directory's configuration as items.</summary>
public sealed class ReadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_and_its_export_give_the_same_items()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        var export = await bench.ExportAsync();
        var live = await ReadAsync(bench);
        var exported = await ReadAsync(bench.Folder.Path);
        Assert.NotEmpty(live);
        Assert.Equal(export.ObjectCount, live.Count(item => item.Action == ClusterConfigItemAction.Read));
        Assert.Equal(Sorted(exported), Sorted(live));
        Assert.All(live.Concat(exported), item => Assert.Equal((export.ClusterUid, "blue"), (item.ClusterUid, item.Context)));
        // An export does not know the UIDs that its objects had.
        Assert.All(live, item => Assert.NotNull(item.Uid));
        Assert.All(exported, item => Assert.Null(item.Uid));
        Assert.Contains(live, item => item.FieldManager == "helm (Update)");

        static IEnumerable<string> Sorted(IEnumerable<ClusterConfigItem> items) =>
            items.Select(item => $"{item.Action} {item} {item.FieldManager} {(item.Manifest is { } manifest ? Encoding.UTF8.GetString(manifest.Json.Span) : item.Reason)}").Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Kinds_come_in_the_order_of_an_import()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        var kinds = (await ReadAsync(bench, new ClusterConfigSelection { Namespace = ["shop"] })).Select(item => item.Kind).Distinct();
        Assert.Equal(["Namespace", "ConfigMap", "Secret", "Service", "Deployment"], kinds);
    }

    [Fact]
    public async Task What_is_left_out_is_counted_and_not_given()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        var items = await ReadAsync(bench);
        Assert.DoesNotContain(items, item => item.Kind is "ReplicaSet");
        Assert.Contains(bench.Reporter.Of("verbose"), line => line.Contains("2 ReplicaSet.apps left out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_left_out_for_what_it_holds_is_given_by_name_and_nothing_more()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        bench.Folder.Write("../plain/secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: password, namespace: shop}\ndata: {p: c2VjcmV0}\n");
        var selection = new ClusterConfigSelection { Namespace = ["shop"] };
        foreach (var items in new[] { await ReadAsync(bench, selection), await ReadAsync(bench.Folder.Path, selection), await ReadAsync(Path.Combine(bench.Folder.Path, "../plain"), selection) })
        {
            var secret = Assert.Single(items, item => item.Kind == "Secret");
            Assert.Equal(("v1", "shop", "password", ClusterConfigItemAction.LeftOut), (secret.ApiVersion, secret.Namespace, secret.Name, secret.Action));
            Assert.Contains("-Secret", secret.Reason, StringComparison.Ordinal);
            Assert.Null(secret.Object);
        }

        Assert.DoesNotContain(await ReadAsync(bench.Folder.Path, new ClusterConfigSelection { Kind = ["ConfigMap"] }), item => item.Kind == "Secret");
        Assert.DoesNotContain(await ReadAsync(bench, new ClusterConfigSelection { Kind = ["ConfigMap"] }), item => item.Kind == "Secret");
    }

    [Fact]
    public async Task A_kind_that_may_not_be_listed_is_an_item_without_a_name_and_the_others_follow()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        bench.Blue.Deny(new DeniedAccess { Verb = "list", Group = "", Resource = "configmaps" });
        var items = await ReadAsync(bench);
        var failed = Assert.Single(items, item => item.Action == ClusterConfigItemAction.Failed);
        Assert.Equal(("ConfigMap", null, FailureKind.PermissionDenied), (failed.Kind, failed.Name, failed.Failure!.Kind));
        Assert.Null(failed.Object);
        Assert.Contains(items, item => item.Kind == "Deployment");
    }

    [Fact]
    public async Task A_selection_that_means_nothing_is_an_error()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        Assert.Equal("KindNotFound", (await Assert.ThrowsAsync<UpgradeException>(() => ReadAsync(bench, new ClusterConfigSelection { Kind = ["Gadget"] }))).Failure.Id);
        Assert.Equal("NamespaceNotFound", (await Assert.ThrowsAsync<UpgradeException>(() => ReadAsync(bench, new ClusterConfigSelection { Namespace = ["shpo"] }))).Failure.Id);
        await bench.ExportAsync();
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => ReadAsync(bench.Folder.Path, new ClusterConfigSelection { Kind = ["Gadget"] }))).Failure;
        Assert.Equal("KindNotFound", failure.Id);
        Assert.Contains(bench.Folder.Path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selection_narrows_a_directory_as_it_does_a_cluster()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        var selection = new ClusterConfigSelection { Kind = ["ConfigMap"], Namespace = ["shop"], LabelSelector = "app=web" };
        Assert.Equal("web", Assert.Single(await ReadAsync(bench, selection)).Name);
        Assert.Equal("web", Assert.Single(await ReadAsync(bench.Folder.Path, selection)).Name);
    }

    [Fact]
    public async Task A_file_that_was_altered_fails_unless_that_is_allowed()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        bench.Folder.Write("core/ConfigMap/shop/web.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: shop\ndata:\n  answer: other\n");
        var failed = Assert.Single(await ReadAsync(bench.Folder.Path), item => item.Action == ClusterConfigItemAction.Failed);
        Assert.Equal(("web", "ModifiedFile"), (failed.Name, failed.Failure!.Id));
        var allowed = await ReadAsync(bench.Folder.Path, allowModified: true);
        Assert.DoesNotContain(allowed, item => item.Action == ClusterConfigItemAction.Failed);
        Assert.Equal("other", ((IDictionary)allowed.Single(item => item is { Kind: "ConfigMap", Name: "web" }).Object!["data"]!)["answer"]);
    }

    [Fact]
    public async Task What_a_server_printed_is_cleaned_and_what_can_not_be_read_fails_alone()
    {
        await using var bench = await ExportBench.StartAsync();
        bench.Folder.Write("a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop, uid: 1b671a64-40d5-491e-99b0-da01ff1f3341}\nspec: {clusterIP: 10.96.0.7, ports: [{port: 80}]}\nstatus: {loadBalancer: {}}\n");
        bench.Folder.Write("b.yaml", "kind: Broken\n");
        var items = await ReadAsync(bench.Folder.Path);
        var web = Assert.Single(items, item => item.Name == "web");
        Assert.False(((IDictionary)web.Object!["spec"]!).Contains("clusterIP"));
        Assert.False(web.Object.Contains("status"));
        Assert.Equal("NotAManifest", Assert.Single(items, item => item.Action == ClusterConfigItemAction.Failed).Failure!.Id);
        Assert.All(items, item => Assert.Null(item.ClusterUid));
    }

    [Fact]
    public async Task The_view_is_made_when_it_is_asked_for()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        var item = (await ReadAsync(bench, new ClusterConfigSelection { Kind = ["Deployment"] })).Single();
        Assert.False(item.Manifest!.IsSeen);
        Assert.Equal("apps/v1 Deployment shop/web", item.ToString());
        Assert.False(item.Manifest.IsSeen);
        Assert.Same(item.Object, item.Object);
        Assert.True(item.Manifest.IsSeen);
    }

    private static async Task<List<ClusterConfigItem>> ReadAsync(ExportBench bench, ClusterConfigSelection? selection = null)
    {
        await using var connection = await bench.ConnectAsync();
        var reader = new ConfigReader(connection, new ReadOptions { System = ExportBench.Everything, Selection = selection ?? new() }, bench.Reporter);
        return await reader.RunAsync(Token).ToListAsync(Token);
    }

    private static async Task<List<ClusterConfigItem>> ReadAsync(string path, ClusterConfigSelection? selection = null, bool allowModified = false)
    {
        var directory = await ManifestDirectory.OpenAsync(path, Token);
        var options = new ReadOptions { System = ExportBench.Everything, Selection = selection ?? new(), AllowModified = allowModified };
        return await new DirectoryReader(directory, options, NullReporter.Instance).RunAsync(Token).ToListAsync(Token);
    }
}
