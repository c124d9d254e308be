using KonUpgrade.Engine.Configuration.Comparing;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Configuration.Importing;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Comparing;

public sealed class CompareTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SystemCatalog _systems = new(new SystemServices { Roles = null });
    private readonly RecordingReporter _reporter = new();
    private SandboxHost? _host;
    private ClusterConnection? _blue;
    private ClusterConnection? _green;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_blue is not null)
            await _blue.DisposeAsync();
        if (_green is not null)
            await _green.DisposeAsync();
        if (_host is not null)
            await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_was_exported_and_imported_is_the_same_on_both_sides_whatever_is_compared()
    {
        await StartAsync();
        _host!.Cluster("blue").Seed(Content());
        await ExportAsync();
        Assert.DoesNotContain(await ImportAsync(), c => c.Action is ClusterConfigChangeAction.Failed);
        Assert.Empty((await CompareAsync(Live(_blue!), Live(_green!))).Found);
        Assert.Empty((await CompareAsync(await OfDirectoryAsync(), Live(_green!))).Found);
        Assert.Empty((await CompareAsync(Live(_green!), await OfDirectoryAsync())).Found);
        Assert.Empty((await CompareAsync(await OfDirectoryAsync(), await OfDirectoryAsync())).Found);
    }

    [Fact]
    public async Task Clusters_of_versions_far_apart_differ_only_in_what_people_set()
    {
        await StartAsync("1.21", "1.34");
        _host!.Cluster("blue").Seed(Content());
        await ExportAsync();
        Assert.DoesNotContain(await ImportAsync(), c => c.Action is ClusterConfigChangeAction.Failed);
        var (found, comparer) = await CompareAsync(Live(_blue!), Live(_green!));
        Assert.Empty(found.Select(d => $"{d.State} {d.Kind} {d.Name}: {string.Join(", ", d.Fields.Select(f => $"{f.Path} {f.Reference} {f.Difference}"))}"));
        Assert.Empty(comparer.Failures);
        Assert.True(comparer.ObjectCount >= 7);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Missing_extra_and_differing_objects_are_told_with_their_fields(bool fromDirectory)
    {
        await StartAsync();
        _host!.Cluster("blue").Seed([Namespace("shop"), ConfigMap("shop", "same"), ConfigMap("shop", "differs", "a"), ConfigMap("shop", "missing")]);
        _host.Cluster("green").Seed([Namespace("shop"), ConfigMap("shop", "same"), ConfigMap("shop", "differs", "b"), ConfigMap("shop", "extra")]);
        await ExportAsync();
        var found = (await CompareAsync(fromDirectory ? await OfDirectoryAsync() : Live(_blue!), Live(_green!))).Found.OrderBy(d => d.Name).ToList();
        Assert.Equal(
            [("differs", ClusterConfigDifferenceState.Different), ("extra", ClusterConfigDifferenceState.Extra), ("missing", ClusterConfigDifferenceState.Missing)],
            found.Select(d => (d.Name, d.State)));
        var field = Assert.Single(found[0].Fields);
        Assert.Equal(("data.value", "\"a\"", "\"b\""), (field.Path, field.Reference, field.Difference));

        var turned = (await CompareAsync(Live(_green!), fromDirectory ? await OfDirectoryAsync() : Live(_blue!))).Found.OrderBy(d => d.Name).ToList();
        Assert.Equal(
            [("differs", ClusterConfigDifferenceState.Different), ("extra", ClusterConfigDifferenceState.Missing), ("missing", ClusterConfigDifferenceState.Extra)],
            turned.Select(d => (d.Name, d.State)));
        Assert.Equal("\"b\"", Assert.Single(turned[0].Fields).Reference);
    }

    [Fact]
    public async Task A_kind_that_one_side_could_not_list_is_a_failure_and_not_missing()
    {
        await StartAsync();
        _host!.Cluster("blue").Seed([Namespace("shop"), ConfigMap("shop", "c"), Service("s")]);
        _host.Cluster("green").Seed([Namespace("shop"), Service("s")]);
        _host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Cluster = "green", Verb = "list", Resource = "configmaps", Count = null, Message = "configmaps is forbidden", Reason = "Forbidden" });
        foreach (var (reference, difference) in new[] { (_blue!, _green!), (_green!, _blue!) })
        {
            var (found, comparer) = await CompareAsync(Live(reference), Live(difference));
            Assert.Empty(found);
            Assert.Equal(FailureKind.PermissionDenied, Assert.Single(comparer.Failures).Kind);
        }
    }

    [Fact]
    public async Task A_selection_compares_what_it_names()
    {
        await StartAsync();
        _host!.Cluster("blue").Seed([Namespace("shop"), ConfigMap("shop", "c"), Service("s")]);
        _host.Cluster("green").Seed([Namespace("shop")]);
        var (found, _) = await CompareAsync(Live(_blue!), Live(_green!), new ClusterConfigSelection { Kind = ["ConfigMap"] });
        Assert.Equal("c", Assert.Single(found).Name);
        await ExportAsync();
        (found, _) = await CompareAsync(await OfDirectoryAsync(), Live(_green!), new ClusterConfigSelection { Kind = ["configmaps"] });
        Assert.Equal("c", Assert.Single(found).Name);
    }

    [Theory]
    [InlineData("Deploymnt", null, null, "KindNotFound", "Deployment")]
    [InlineData(null, "appz", null, "GroupNotFound", "apps")]
    [InlineData(null, null, "shopp", "NamespaceNotFound", "shop")]
    public async Task A_word_that_neither_side_knows_is_an_error_and_no_equality(string? kind, string? group, string? ns, string id, string meant)
    {
        await StartAsync();
        _host!.Cluster("blue").Seed(Content());
        await ExportAsync();
        var selection = new ClusterConfigSelection { Kind = kind is null ? [] : ["ConfigMap", kind], Group = group is null ? [] : ["core", group], Namespace = ns is null ? [] : ["shop", ns] };
        IConfigSource directory = await OfDirectoryAsync(), other = await OfDirectoryAsync();
        foreach (var (reference, difference) in new (IConfigSource, IConfigSource)[] { (Live(_blue!), Live(_green!)), (directory, Live(_green!)), (Live(_green!), directory), (directory, other) })
        {
            var e = await Assert.ThrowsAsync<UpgradeException>(() => CompareAsync(reference, difference, selection));
            Assert.Equal((id, FailureKind.InvalidArgument), (e.Failure.Id, e.Failure.Kind));
            Assert.EndsWith($"'{kind ?? group ?? ns}'. Did you mean {meant}?", e.Failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("deploy")]
    [InlineData("deployments.v1.apps")]
    [InlineData("Deployment.apps")]
    [InlineData("deployment")]
    public async Task A_word_that_a_cluster_knows_means_the_same_in_a_directory(string word)
    {
        await StartAsync();
        _host!.Cluster("blue").Seed(Content());
        await ExportAsync();
        var selection = new ClusterConfigSelection { Kind = [word] };
        var (found, comparer) = await CompareAsync(await OfDirectoryAsync(), Live(_blue!), selection);
        Assert.Empty(found);
        Assert.Equal(1, comparer.ObjectCount);
        (found, comparer) = await CompareAsync(await OfDirectoryAsync(), await OfDirectoryAsync(), selection);
        Assert.Equal((0, 1), (found.Count, comparer.ObjectCount));
        (found, _) = await CompareAsync(await OfDirectoryAsync(), Live(_green!), selection);
        Assert.Equal(("web", ClusterConfigDifferenceState.Missing), Assert.Single(found) is { } d ? (d.Name, d.State) : default);
    }

    [Fact]
    public async Task A_kind_that_one_side_alone_serves_is_missing_on_the_other()
    {
        await StartAsync();
        _host!.Cluster("blue").Seed(Content());
        await ExportAsync();
        var selection = new ClusterConfigSelection { Kind = ["widgets"] };
        foreach (var reference in new IConfigSource[] { Live(_blue!), await OfDirectoryAsync() })
        {
            var (found, comparer) = await CompareAsync(reference, Live(_green!), selection);
            Assert.Equal(("w", ClusterConfigDifferenceState.Missing), Assert.Single(found) is { } d ? (d.Name, d.State) : default);
            Assert.Empty(comparer.Failures);
        }
    }

    [Fact]
    public async Task A_kind_that_is_none_of_the_system_s_is_an_error_and_no_equality()
    {
        await StartAsync();
        _host!.Cluster("blue").Seed(Content());
        var comparer = new ConfigComparer(
            Live(_blue!), Live(_green!), new CompareOptions { System = _systems.Get("Konstellation"), Selection = new ClusterConfigSelection { Kind = ["Deployment"] } }, _reporter);
        var e = await Assert.ThrowsAsync<UpgradeException>(async () =>
        {
            await foreach (var one in comparer.RunAsync(Token))
                Assert.Fail(one.Name);
        });
        Assert.Equal("KindNotInSystem", e.Failure.Id);
    }

    [Fact]
    public async Task Namespaces_in_which_a_system_has_nothing_that_is_compared_are_an_error_and_no_equality()
    {
        await StartAsync();
        foreach (var cluster in new[] { "blue", "green" })
            _host!.Cluster(cluster).Seed([Namespace("shop"), OfKonstellation("App", "Cluster"), OfKonstellation("AppRelease", "Namespaced"), ConfigMap("shop", "c", cluster)]);
        var comparer = new ConfigComparer(
            Live(_blue!), Live(_green!), new CompareOptions { System = _systems.Get("Konstellation"), Selection = new ClusterConfigSelection { Namespace = ["shop"] } }, _reporter);
        var e = await Assert.ThrowsAsync<UpgradeException>(async () => await comparer.RunAsync(Token).ToListAsync(Token));
        Assert.Equal("KindNotInSystem", e.Failure.Id);
        Assert.Contains("-System Kubernetes", e.Failure.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_nothing_was_there_to_compare_is_said()
    {
        await StartAsync();
        foreach (var cluster in new[] { "blue", "green" })
            _host!.Cluster(cluster).Seed([Namespace("shop"), ConfigMap("shop", "c")]);
        Assert.Empty((await CompareAsync(Live(_blue!), Live(_green!), new ClusterConfigSelection { Namespace = ["shop"] })).Found);
        Assert.Empty(_reporter.Of("warning"));

        Assert.Empty((await CompareAsync(Live(_blue!), Live(_green!), new ClusterConfigSelection { Namespace = ["shop"], LabelSelector = "app=web" })).Found);
        Assert.Equal(
            "Nothing was compared: neither blue nor green has anything of the system Kubernetes that was looked for (in the namespaces shop, with the labels app=web).",
            Assert.Single(_reporter.Of("warning")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_account_that_comes_with_its_namespace_differs_in_what_was_added_to_it(bool fromDirectory)
    {
        await StartAsync();
        // The sandbox makes the account of a namespace at once.
        _host!.Cluster("blue").Seed([Namespace("shop"), Namespace("office")]);
        _host.Cluster("blue").Apply("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default","namespace":"shop"},"imagePullSecrets":[{"name":"registry"}]}""", "helm");
        _host.Cluster("green").Seed([Namespace("shop"), Namespace("office")]);
        await ExportAsync();
        IConfigSource blue = fromDirectory ? await OfDirectoryAsync() : Live(_blue!);
        var selection = new ClusterConfigSelection { Namespace = ["shop", "office"] };

        var (found, comparer) = await CompareAsync(blue, Live(_green!), selection);

        var account = Assert.Single(found);
        Assert.Equal(("default", "shop", ClusterConfigDifferenceState.Different), (account.Name, account.Namespace, account.State));
        Assert.StartsWith("imagePullSecrets", Assert.Single(account.Fields).Path, StringComparison.Ordinal);
        Assert.Equal(3, comparer.ObjectCount);
        Assert.Equal(ClusterConfigDifferenceState.Different, Assert.Single((await CompareAsync(Live(_green!), blue, selection)).Found).State);
    }

    [Fact]
    public async Task An_account_that_came_with_a_namespace_is_no_object_more()
    {
        await StartAsync();
        _host!.Cluster("blue").Seed([Namespace("shop")]);
        var found = (await CompareAsync(Live(_blue!), Live(_green!))).Found;
        Assert.Equal(["shop"], found.Select(d => d.Name));
        Assert.Equal(["shop"], (await CompareAsync(Live(_green!), Live(_blue!))).Found.Select(d => d.Name));
    }

    [Fact]
    public async Task Secrets_that_are_not_compared_need_not_be_listable()
    {
        await StartAsync();
        foreach (var cluster in new[] { "blue", "green" })
        {
            _host!.Cluster(cluster).Seed([Namespace("shop"), ConfigMap("shop", "c")]);
            _host.Cluster(cluster).Deny(new DeniedAccess { Verb = "list", Group = "", Resource = "secrets" });
        }
        var (found, comparer) = await CompareAsync(Live(_blue!), Live(_green!));
        Assert.Empty(found);
        Assert.Empty(comparer.Failures);
    }

    [Fact]
    public async Task A_second_apply_changes_nothing()
    {
        await StartAsync();
        _host!.Cluster("blue").Seed(Content(), "helm");
        await ExportAsync();
        await ImportAsync();
        var revision = _host.Cluster("green").Revision;
        var changes = await ImportAsync(new ImportOptions { Existing = ExistingObject.Apply });
        Assert.All(changes.Where(c => c.Action != ClusterConfigChangeAction.Skipped), c => Assert.Equal((c.Name, ClusterConfigChangeAction.Unchanged), (c.Name, c.Action)));
        Assert.Equal(revision, _host.Cluster("green").Revision);
    }

    private async Task StartAsync(string blue = "1.33", string green = "1.33")
    {
        _host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("blue", blue), new("green", green)] }, Token);
        _blue = await ClusterConnection.OpenAsync(new ClusterTarget("blue", _host.KubeConfigPath), new ConnectionOptions(), NullReporter.Instance, Token);
        _green = await ClusterConnection.OpenAsync(new ClusterTarget("green", _host.KubeConfigPath), new ConnectionOptions(), NullReporter.Instance, Token);
    }

    [Fact]
    public async Task Files_that_an_export_does_not_list_are_told_once_by_imports_and_comparisons()
    {
        await StartAsync();
        _host!.Cluster("blue").Seed(["""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}"""]);
        await ExportAsync();
        await CompareAsync(await OfDirectoryAsync(), Live(_green!));
        Assert.DoesNotContain(_reporter.Of("warning"), m => m.Contains("files.jsonl", StringComparison.Ordinal));
        var folder = Directory.CreateDirectory(_folder["core", "ConfigMap", "shop"]).FullName;
        foreach (var name in new[] { "a.yaml", "b.yml", "c.json", "d.yaml", "notes.txt", ".hidden.yaml" })
            File.WriteAllText(Path.Combine(folder, name), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: shop}\n");
        await CompareAsync(await OfDirectoryAsync(), Live(_green!));
        var warning = Assert.Single(_reporter.Of("warning"), m => m.Contains("files.jsonl", StringComparison.Ordinal));
        Assert.StartsWith("4 file(s) in ", warning, StringComparison.Ordinal);
        Assert.Contains("core/ConfigMap/shop/a.yaml, core/ConfigMap/shop/b.yml, core/ConfigMap/shop/c.json and 1 more", warning, StringComparison.Ordinal);
        await ImportAsync();
        Assert.Equal(2, _reporter.Of("warning").Count(m => m == warning));
    }

    private async Task ExportAsync()
    {
        var options = new ExportOptions { Path = _folder.Path, System = _systems.Get("Kubernetes").Description };
        await foreach (var export in new ConfigExporter(_blue!, options, _reporter).RunAsync(Token))
            Assert.True(export.Complete, string.Join("; ", export.Failures.Select(f => f.Message)));
    }

    private async Task<List<ClusterConfigChange>> ImportAsync(ImportOptions? options = null)
    {
        var source = await ManifestDirectory.OpenAsync(_folder.Path, Token);
        var changes = new List<ClusterConfigChange>();
        await foreach (var change in new ConfigImporter(source, _green!, _systems.Get("Kubernetes"), options ?? new ImportOptions(), _reporter).RunAsync(Token))
            changes.Add(change);
        return changes;
    }

    private ClusterSource Live(ClusterConnection cluster) => new(cluster, _reporter);

    private async Task<DirectorySource> OfDirectoryAsync() => new(await ManifestDirectory.OpenAsync(_folder.Path, Token));

    private async Task<(List<ClusterConfigDifference> Found, ConfigComparer Comparer)> CompareAsync(
        IConfigSource reference, IConfigSource difference, ClusterConfigSelection? selection = null)
    {
        var comparer = new ConfigComparer(
            reference, difference, new CompareOptions { System = _systems.Get("Kubernetes"), Selection = selection ?? new ClusterConfigSelection() }, _reporter);
        var found = new List<ClusterConfigDifference>();
        await foreach (var one in comparer.RunAsync(Token))
            found.Add(one);
        return (found, comparer);
    }

    private static string Service(string name) =>
        """{"apiVersion":"v1","kind":"Service","metadata":{"name":"NAME","namespace":"shop"},"spec":{"ports":[{"port":80}],"selector":{"app":"x"}}}"""
            .Replace("NAME", name, StringComparison.Ordinal);

    private static string OfKonstellation(string kind, string scope) =>
        Definition(kind).Replace("shop.example", "k11n.dev", StringComparison.Ordinal).Replace("\"scope\":\"Namespaced\"", $"\"scope\":\"{scope}\"", StringComparison.Ordinal);

    private static string[] Content() =>
    [
        Namespace("shop"), ConfigMap("shop", "c"), Service("s"), Definition(), Widget("shop", "w"),
        """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"robot","namespace":"shop"}}""",
        """
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"r","namespace":"shop"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}
        """,
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
         "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"web:1","ports":[{"containerPort":80}]}]}}}}
        """,
        """
        {"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"i","namespace":"shop"},
         "spec":{"rules":[{"host":"shop.example","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}}
        """,
    ];
}
