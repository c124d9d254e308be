using System.Collections;
using System.Text;
using KonUpgrade.Engine.Configuration.Importing;
using KonUpgrade.Engine.Configuration.Importing.Planning;
using KonUpgrade.Engine.Manifests.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Configuration.Importing.Planning;

/// <summary>Imports of items that came down a pipeline.</summary>
public sealed class PipedItemsTests : IDisposable
{
    private readonly PipedItems _items = new(value => value);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _items.Dispose();

    [Fact]
    public async Task Items_arrive_in_order_and_as_they_were_edited_under_their_managers()
    {
        await using var scene = await ImportScene.StartAsync();
        var edited = Item(ImportScene.ConfigMap("shop", "c")) with { FieldManager = "helm (Update)" };
        ((IDictionary)edited.Object!["data"]!)["value"] = "edited";
        _items.Add(edited);
        _items.Add(Item(ImportScene.Namespace("shop")));
        var changes = await ImportAsync(scene);
        Assert.All(changes, change => Assert.Equal(ClusterConfigChangeAction.Created, change.Action));
        Assert.Equal("helm", changes.Single(change => change.Kind == "ConfigMap").FieldManager);
        using var made = await scene.GetAsync("", "ConfigMap", "shop", "c");
        Assert.Equal("edited", made!.Root.GetProperty("data").GetProperty("value").GetString());
    }

    [Fact]
    public async Task The_cluster_that_they_came_from_is_refused()
    {
        await using var scene = await ImportScene.StartAsync();
        var uid = (await scene.Green.GetIdentityAsync(Token)).Uid;
        _items.Add(Item(ImportScene.Namespace("shop")) with { ClusterUid = uid, Context = "otherwise-called" });
        Assert.Equal("SameCluster", (await Assert.ThrowsAsync<UpgradeException>(() => ImportAsync(scene))).Failure.Id);
        Assert.Null(await scene.GetAsync("", "Namespace", null, "shop"));
    }

    [Fact]
    public void Items_of_two_clusters_are_not_imported_as_one()
    {
        _items.Add(Item(ImportScene.Namespace("a")) with { ClusterUid = "1", Context = "blue" });
        _items.Add(Item(ImportScene.Namespace("b")));
        Assert.Equal("1", _items.ToDirectory(null).ClusterUid);
        _items.Add(Item(ImportScene.Namespace("c")) with { ClusterUid = "2", Context = "red" });
        var failure = Assert.Throws<UpgradeException>(() => _items.ToDirectory(null)).Failure;
        Assert.Equal("SeveralClusters", failure.Id);
        Assert.Contains("blue, red", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_of_a_cluster_that_does_not_tell_its_identity_are_not_imported_with_those_of_another()
    {
        _items.Add(Item(ImportScene.Namespace("a")) with { Context = "nobody" });
        Assert.Null(_items.ToDirectory(null).ClusterUid);
        Assert.Equal("nobody", _items.ToDirectory(null).Context);
        _items.Add(Item(ImportScene.Namespace("b")) with { ClusterUid = "1", Context = "blue" });
        var failure = Assert.Throws<UpgradeException>(() => _items.ToDirectory(null)).Failure;
        Assert.Equal("SeveralClusters", failure.Id);
        Assert.Contains("blue, nobody", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_left_out_on_the_way_is_skipped_unless_something_came_in_its_place()
    {
        await using var scene = await ImportScene.StartAsync();
        ClusterConfigItem LeftOut(string name) => new() { ApiVersion = "v1", Kind = "Secret", Namespace = "shop", Name = name, Action = ClusterConfigItemAction.LeftOut, Reason = "Secrets stay." };
        _items.Add(Item(ImportScene.Namespace("shop")));
        _items.Add(LeftOut("db"));
        _items.Add(LeftOut("mail"));
        _items.Add(Item("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"mail","namespace":"shop"}}"""));
        var changes = (await ImportAsync(scene)).ToDictionary(change => change.Name);
        Assert.Equal(3, changes.Count);
        Assert.Equal((ClusterConfigChangeAction.Skipped, "Secrets stay."), (changes["db"].Action, changes["db"].Reason));
        Assert.Equal(ClusterConfigChangeAction.Created, changes["mail"].Action);
    }

    [Fact]
    public void Items_of_two_systems_need_to_be_told_as_which_one_they_go()
    {
        _items.Add(Item(ImportScene.Namespace("a")) with { System = "Kubernetes" });
        Assert.Equal("Kubernetes", _items.ToDirectory(null).SystemName);
        _items.Add(Item(ImportScene.Namespace("b")) with { System = "Konstellation" });
        Assert.Equal("SeveralSystems", Assert.Throws<UpgradeException>(() => _items.ToDirectory(null)).Failure.Id);
        Assert.NotNull(_items.ToDirectory("Kubernetes"));
    }

    [Fact]
    public async Task One_that_is_no_manifest_any_more_fails_alone()
    {
        await using var scene = await ImportScene.StartAsync();
        _items.Add(Item(ImportScene.Namespace("shop")));
        var broken = Item(ImportScene.ConfigMap("shop", "broken"));
        ((IDictionary)broken.Object!["data"]!)["value"] = double.NaN;
        _items.Add(broken);
        _items.Add(Item(ImportScene.ConfigMap("shop", "whole")));
        var changes = await ImportAsync(scene);
        var failed = Assert.Single(changes, change => change.Action == ClusterConfigChangeAction.Failed);
        Assert.Equal(("broken", "NumberNotFinite"), (failed.Name, failed.Failure!.Id));
        Assert.Equal(2, changes.Count(change => change.Action == ClusterConfigChangeAction.Created));
    }

    [Fact]
    public async Task One_whose_object_was_taken_away_fails_and_one_that_never_had_any_is_skipped()
    {
        await using var scene = await ImportScene.StartAsync();
        var emptied = Item(ImportScene.Namespace("emptied"));
        emptied.Object = null;
        _items.Add(emptied with { Reason = null });
        _items.Add(new ClusterConfigItem { ApiVersion = "v1", Kind = "Namespace", Name = "never", Action = ClusterConfigItemAction.Read, Object = null });
        var changes = await ImportAsync(scene);
        var failed = changes.Single(change => change.Name == "emptied");
        Assert.Equal((ClusterConfigChangeAction.Failed, "NotAManifest", FailureKind.InvalidData), (failed.Action, failed.Failure?.Id, failed.Failure?.Kind));
        Assert.Contains("$null", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(ClusterConfigChangeAction.Skipped, changes.Single(change => change.Name == "never").Action);
        emptied.Object = Item(ImportScene.Namespace("emptied")).Object;
        Assert.False(emptied.IsEmptied);
    }

    [Fact]
    public void The_place_of_what_is_broken_is_told_in_a_sensible_length()
    {
        IDictionary deep = new Hashtable { ["end"] = double.NaN };
        for (var i = 0; i < 5000; i++)
            deep = new Hashtable { ["level"] = deep };
        using var writer = new ObjectWriter(value => value);
        var failure = Assert.Throws<UpgradeException>(() => writer.ToJson(new Hashtable { ["apiVersion"] = "v1", ["spec"] = deep }, default)).Failure;
        Assert.Equal("ManifestTooDeep", failure.Id);
        Assert.StartsWith("spec.level.level", failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Message.Length, 1, 300);
    }

    [Fact]
    public async Task What_the_reader_could_not_read_fails_and_a_whole_kind_stops_the_import_unless_that_is_allowed()
    {
        await using var scene = await ImportScene.StartAsync();
        var failure = new Failure { Id = "Forbidden", Kind = FailureKind.PermissionDenied, Message = "may not list configmaps" };
        _items.Add(Item(ImportScene.Namespace("shop")));
        _items.Add(new ClusterConfigItem { ApiVersion = "v1", Kind = "ConfigMap", Namespace = "shop", Name = "c", Action = ClusterConfigItemAction.Failed, Failure = failure });
        _items.Add(new ClusterConfigItem { ApiVersion = "v1", Kind = "ConfigMap", Action = ClusterConfigItemAction.Failed, Failure = failure });
        var refused = (await Assert.ThrowsAsync<UpgradeException>(() => ImportAsync(scene))).Failure;
        Assert.Equal("ConfigIncomplete", refused.Id);
        Assert.Contains("may not list", refused.Message, StringComparison.Ordinal);
        scene.Options = scene.Options with { AllowPartial = true };
        var changes = await ImportAsync(scene);
        Assert.Equal("Forbidden", changes.Single(change => change.Name == "c").Failure!.Id);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(change => change.Name == "shop").Action);
    }

    [Fact]
    public async Task What_is_there_twice_fails_the_second_time()
    {
        await using var scene = await ImportScene.StartAsync();
        _items.Add(Item(ImportScene.Namespace("shop")));
        _items.Add(Item(ImportScene.Namespace("shop")));
        var changes = await ImportAsync(scene);
        Assert.Equal("DuplicateObject", Assert.Single(changes, change => change.Action == ClusterConfigChangeAction.Failed).Failure!.Id);
        Assert.Single(changes, change => change.Action == ClusterConfigChangeAction.Created);
    }

    [Fact]
    public async Task Items_that_a_script_wrote_are_imported()
    {
        await using var scene = await ImportScene.StartAsync();
        _items.Add(new ClusterConfigItem
        {
            ApiVersion = "v1",
            Kind = "Namespace",
            Name = "shop",
            Action = ClusterConfigItemAction.Read,
            Object = new Hashtable { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new Hashtable { ["name"] = "shop" } },
        });
        Assert.Equal(ClusterConfigChangeAction.Created, Assert.Single(await ImportAsync(scene)).Action);
    }

    [Fact]
    public void Nobody_else_may_look_where_they_wait_and_nothing_is_left_there()
    {
        var items = new PipedItems(value => value);
        items.Add(Item(ImportScene.Namespace("shop")));
        var folder = items.Folder;
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
            // Not even while they wait: what kills the process leaves nothing behind.
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }

        items.Dispose();
        Assert.False(Directory.Exists(folder));
    }

    private static ClusterConfigItem Item(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var view = ObjectView.Of(bytes);
        var metadata = (IDictionary)view["metadata"]!;
        return new ClusterConfigItem
        {
            ApiVersion = (string)view["apiVersion"]!,
            Kind = (string)view["kind"]!,
            Namespace = (string?)metadata["namespace"],
            Name = (string?)metadata["name"],
            Action = ClusterConfigItemAction.Read,
            Manifest = new ItemManifest(bytes, ObjectView.Of),
        };
    }

    private async Task<List<ClusterConfigChange>> ImportAsync(ImportScene scene) =>
        await new ConfigImporter(_items.ToDirectory(null), scene.Green, scene.Systems.Get("Kubernetes"), scene.Options, scene.Reporter).RunAsync(Token).ToListAsync(Token);
}
