using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Configuration.Exporting;

public sealed class ConfigExporterTests
{
    private static readonly ApiResource s_nodes = new() { Group = "", Version = "v1", Kind = "Node", Plural = "nodes", Namespaced = false };

    [Fact]
    public async Task A_cluster_becomes_one_file_an_object_as_its_owners_wrote_it()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();

        var export = await bench.ExportAsync();

        Assert.True(export.Complete, string.Join('\n', export.Failures));
        var files = bench.Folder.Files(withPrivate: true);
        Assert.Equal(
            """
            apiVersion: v1
            data:
              answer: "yes"
              script: |
                #!/bin/sh
                echo hi
            kind: ConfigMap
            metadata:
              labels:
                app: web
              name: web
              namespace: shop

            """,
            files["core/ConfigMap/shop/web.yaml"]);
        Assert.Contains("rbac.authorization.k8s.io/ClusterRole/_cluster/shop%3A%52eader.yaml", files.Keys);
        Assert.Contains("core/Namespace/_cluster/shop.yaml", files.Keys);
        Assert.DoesNotContain("clusterIP", files["core/Service/shop/web.yaml"], StringComparison.Ordinal);
        Assert.Equal("* -text\n", files[".gitattributes"]);
        Assert.DoesNotContain(files.Keys, path => path.Contains("Secret", StringComparison.Ordinal) || path.Contains("ReplicaSet", StringComparison.Ordinal));
        Assert.Equal([".konupgrade/.gitignore", ".konupgrade/lock"], files.Keys.Where(path => path.StartsWith(".konupgrade/", StringComparison.Ordinal)));
        Assert.Equal(export.ObjectCount, (await bench.AssertWholeAsync()).Count);
        Assert.Equal(("blue", "v1.33.0", "Test"), (export.Context, export.ServerVersion, export.System));
        Assert.NotNull(export.ClusterUid);
    }

    [Fact]
    public async Task An_export_that_finds_nothing_warns_of_what_was_looked_for()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();

        var export = await bench.ExportAsync(options => options with
        {
            Selection = new ClusterConfigSelection { Kind = ["ConfigMap", "deploy"], Namespace = ["shop"], LabelSelector = "app=nowhere" },
        });

        Assert.True(export is { Complete: true, ObjectCount: 0 });
        var warning = Assert.Single(bench.Reporter.Of("warning"));
        foreach (var word in (string[])["blue", "the system Test", "ConfigMap, Deployment.apps", "the namespace shop", "app=nowhere"])
            Assert.Contains(word, warning, StringComparison.Ordinal);
        await bench.ExportAsync(options => options with { ReplaceExport = true });
        Assert.Single(bench.Reporter.Of("warning"));
    }

    [Fact]
    public async Task An_export_of_a_system_that_is_not_there_names_its_kinds()
    {
        await using var bench = await ExportBench.StartAsync();

        var export = await bench.ExportAsync(options => options with { System = new SystemCatalog(new SystemServices { Roles = null }).Get("Konstellation").Description });

        Assert.Equal(0, export.ObjectCount);
        Assert.Contains("does not serve App.k11n.dev", Assert.Single(bench.Reporter.Of("warning")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("backup", "This is a file, and an export needs a directory")]
    [InlineData("backup/below/it", "There can be no directory")]
    public async Task A_file_in_the_place_of_the_directory_is_told_as_one(string path, string words)
    {
        await using var bench = await ExportBench.StartAsync();
        var file = bench.Folder.Write("backup", "mine");

        var failure = (await bench.FailAsync(options => options with { Path = bench.Folder[path] })).Failure;

        Assert.Equal(("NotADirectory", FailureKind.InvalidArgument, file), (failure.Id, failure.Kind, failure.Target));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("ConfigMpa", null, null, "KindNotFound", "Did you mean ConfigMap?")]
    [InlineData(null, "aps", null, "GroupNotFound", "Did you mean apps?")]
    [InlineData(null, null, "shopp", "NamespaceNotFound", "Did you mean shop?")]
    public async Task A_mistyped_word_is_told_with_what_may_be_meant(string? kind, string? group, string? ns, string id, string hint)
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        var selection = new ClusterConfigSelection { Kind = kind is null ? [] : [kind], Group = group is null ? [] : [group], Namespace = ns is null ? [] : [ns] };

        var failure = (await bench.FailAsync(options => options with { Selection = selection })).Failure;

        Assert.Equal(id, failure.Id);
        Assert.EndsWith(hint, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_summary_reads_back_as_it_came_out()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        var export = await bench.ExportAsync(options => options with { Selection = new ClusterConfigSelection { Kind = ["ConfigMap"], Namespace = ["shop"], Group = ["core"], LabelSelector = "app" } });

        var read = (await ManifestDirectory.OpenAsync(bench.Folder.Path, TestContext.Current.CancellationToken)).Export!;

        Assert.Equal((export.Context, export.ClusterUid, export.ServerVersion, export.System, export.Complete, export.ObjectCount, export.LeftOutCount), (read.Context, read.ClusterUid, read.ServerVersion, read.System, read.Complete, read.ObjectCount, read.LeftOutCount));
        Assert.Equal("ConfigMap shop core app", string.Join(' ', [.. read.Selection.Kind, .. read.Selection.Namespace, .. read.Selection.Group, read.Selection.LabelSelector]));
        Assert.True((export.ExportedAt - read.ExportedAt).Duration() < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Everything_left_out_is_told_with_its_reason()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        var export = await bench.ExportAsync();

        var items = await ExportedItems.ReadAsync(bench.Folder.Path, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        var leftOut = items.Where(item => item.Action == ClusterConfigItemAction.LeftOut).ToList();
        Assert.Equal(export.LeftOutCount, leftOut.Sum(item => item.Count));
        Assert.Equal(export.ObjectCount, items.Count(item => item.Action == ClusterConfigItemAction.Exported));
        var children = Assert.Single(leftOut, item => item.Kind == "ReplicaSet");
        Assert.Equal((2, "shop", null), (children.Count, children.Namespace, children.Name));
        Assert.Contains("Deployment.apps web", children.Reason, StringComparison.Ordinal);
        Assert.Equal("password", Assert.Single(leftOut, item => item is { Kind: "Secret", Namespace: "shop" }).Name);
        var map = Assert.Single(items, item => item is { Kind: "ConfigMap", Name: "web" });
        Assert.Equal(bench.Folder["core", "ConfigMap", "shop", "web.yaml"], map.Path);
        Assert.StartsWith("helm", map.FieldManager, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finalizers_that_stay_are_named_in_the_list()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();

        var line = Assert.Single(bench.Files()["files.jsonl"].Split('\n'), line => line.Contains("ConfigMap/shop/db", StringComparison.Ordinal));
        Assert.Contains("\"finalizers\":[\"example.com/keep\"]", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Owners_that_stay_behind_are_not_in_the_list_either()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        bench.Blue.Seed(["""{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}}"""]);
        await using (var connection = await bench.ConnectAsync())
        {
            // Real owners, since what has none is collected.
            using var node = await connection.Client.GetAsync(s_nodes, null, "n", TestContext.Current.CancellationToken);
            using var web = await connection.Client.GetAsync(TestResources.Deployments, "shop", "web", TestContext.Current.CancellationToken);
            var ofNode = $$"""{"apiVersion":"v1","kind":"Node","name":"n","uid":"{{node!.Uid}}"}""";
            var ofWeb = $$"""{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"{{web!.Uid}}"}""";
            bench.Blue.Seed(
                [
                    $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"lock","namespace":"shop","ownerReferences":[{{{ofNode}}}]}}""",
                    $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owned","namespace":"shop","ownerReferences":[{{{ofNode}}},{{{ofWeb}}}]}}""",
                ]);
        }

        await bench.ExportAsync();

        var files = await bench.AssertWholeAsync();
        Assert.Equal("web", Assert.Single(Assert.Single(files, file => file is { Kind: "ConfigMap", Name: "owned" }).OwnerReferences).Name);
        Assert.DoesNotContain(files, file => file.Name == "lock");
        Assert.Contains("It belongs to Node n,", bench.Files()["left-out.jsonl"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_stays_behind_is_told_with_its_object()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        bench.Blue.Seed(["""{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"mixed"},"webhooks":[{"name":"a.shop.example.com","admissionReviewVersions":["v1"],"sideEffects":"None","clientConfig":{"service":{"name":"a","namespace":"shop"}}},{"name":"b.dns.example.com","admissionReviewVersions":["v1"],"sideEffects":"None","clientConfig":{"service":{"name":"b","namespace":"kube-system"}}}]}"""]);
        await bench.ExportAsync(options => options with { System = new SystemCatalog(new SystemServices { Roles = null }).Get("Kubernetes").Description });

        var file = bench.Files()["admissionregistration.k8s.io/ValidatingWebhookConfiguration/_cluster/mixed.yaml"];
        Assert.Contains("a.shop.example.com", file, StringComparison.Ordinal);
        Assert.DoesNotContain("b.dns.example.com", file, StringComparison.Ordinal);
        var items = await ExportedItems.ReadAsync(bench.Folder.Path, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        var part = Assert.Single(items, item => item is { Name: "mixed", Action: ClusterConfigItemAction.LeftOut });
        Assert.StartsWith("b.dns.example.com alone: ", part.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_cluster_gives_the_same_bytes()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        await bench.ExportAsync();
        var first = bench.Files();
        Directory.Delete(bench.Folder.Path, recursive: true);

        await bench.ExportAsync();

        Assert.Equal(first, bench.Files());
    }

    [Fact]
    public async Task A_selection_takes_kinds_namespaces_and_labels()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();

        var export = await bench.ExportAsync(options => options with { Selection = new ClusterConfigSelection { Kind = ["cm", "ns"], Namespace = ["shop"] } });
        Assert.Equal(["core/ConfigMap/shop/db.yaml", "core/ConfigMap/shop/web.yaml", "core/Namespace/_cluster/shop.yaml"], Objects(bench));
        Assert.Equal(3, export.ObjectCount);

        await bench.ExportAsync(options => options with { ReplaceExport = true, Selection = new ClusterConfigSelection { LabelSelector = "app in (db)" } });
        Assert.Equal(["core/ConfigMap/shop/db.yaml"], Objects(bench));

        await bench.ExportAsync(options => options with { ReplaceExport = true, Selection = new ClusterConfigSelection { Group = ["apps"] } });
        Assert.Equal(["apps/Deployment/shop/web.yaml"], Objects(bench));
    }

    [Theory]
    [InlineData("Nonsense", null, null, null, "KindNotFound")]
    [InlineData(null, "nonsense.example.com", null, null, "GroupNotFound")]
    [InlineData(null, null, "nonsense", null, "NamespaceNotFound")]
    [InlineData(null, null, null, "app in web", "InvalidLabelSelector")]
    public async Task A_selection_that_means_nothing_is_refused(string? kind, string? group, string? ns, string? selector, string id)
    {
        await using var bench = await ExportBench.StartAsync();

        var exception = await bench.FailAsync(options => options with
        {
            Selection = new ClusterConfigSelection { Kind = List(kind), Group = List(group), Namespace = List(ns), LabelSelector = selector },
        });

        Assert.Equal(id, exception.Failure.Id);
        Assert.Empty(bench.Folder.Files(withPrivate: true));
    }

    [Fact]
    public async Task A_system_takes_its_kinds_and_counts_those_that_it_leaves_behind()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        var system = new SystemDescription
        {
            Name = "Shop",
            Title = "A shop",
            Export = new SystemExport
            {
                Kinds = ["ConfigMap"],
                Names = new Dictionary<string, IReadOnlyList<string>> { ["ConfigMap"] = ["web", "d*"] },
                LeaveOut = [new LeaveOutRule { Kinds = ["Secret"], ByKind = true, Reason = "Never." }, new LeaveOutRule { Names = ["db"], Reason = "No base." }],
                Clear = [new ClearFieldsRule { Kinds = ["ConfigMap"], Fields = [FieldPath.Of("data", "script")] }],
            },
        };

        await bench.ExportAsync(options => options with { System = system });

        Assert.Equal(["core/ConfigMap/shop/web.yaml"], Objects(bench));
        Assert.DoesNotContain("script", bench.Files()["core/ConfigMap/shop/web.yaml"], StringComparison.Ordinal);
        Assert.Equal(
            """
            {"kind":"ConfigMap","apiVersion":"v1","namespace":"shop","name":"db","reason":"No base."}
            {"kind":"Secret","apiVersion":"v1","reason":"Never.","count":1}

            """,
            bench.Files()["left-out.jsonl"]);
        Assert.Equal("KindNotInSystem", (await bench.FailAsync(options => options with { System = system, Selection = new ClusterConfigSelection { Kind = ["Deployment"] } })).Failure.Id);
    }

    [Fact]
    public async Task Namespaces_of_a_system_that_has_none_are_refused()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();
        var system = new SystemDescription { Name = "Roles", Title = "Roles", Export = new SystemExport { Kinds = ["ClusterRole.rbac.authorization.k8s.io"] } };
        // What is left out on purpose is nothing of a namespace that travels.
        var leaving = system with { Export = system.Export with { LeaveOut = [new LeaveOutRule { Kinds = ["ConfigMap"], ByKind = true, Reason = "Never." }] } };

        foreach (var one in new[] { system, leaving })
        {
            var failure = (await bench.FailAsync(options => options with { System = one, Selection = new ClusterConfigSelection { Namespace = ["shop"] } })).Failure;
            Assert.Equal("KindNotInSystem", failure.Id);
            Assert.Contains("ClusterRole.rbac.authorization.k8s.io", failure.Message, StringComparison.Ordinal);
            Assert.Contains("-System Kubernetes", failure.Recommendation, StringComparison.Ordinal);
        }
        Assert.Equal(1, (await bench.ExportAsync(options => options with { System = leaving, Selection = new ClusterConfigSelection { Kind = ["ClusterRole", "ConfigMap"] } })).ObjectCount);
    }

    [Fact]
    public async Task A_kind_served_in_two_groups_is_exported_once()
    {
        await using var bench = await ExportBench.StartAsync("1.21");
        bench.Blue.Seed(["""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web","namespace":"shop"},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80}}}}}"""]);

        await bench.ExportAsync();

        Assert.Equal("networking.k8s.io/Ingress/shop/web.yaml", Assert.Single(Objects(bench), path => path.Contains("Ingress/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Progress_tells_how_many_and_ends()
    {
        await using var bench = (await ExportBench.StartAsync()).WithShop();

        var export = await bench.ExportAsync();

        var reports = bench.Reporter.Reports.Where(report => report.Activity == "Exporting blue").ToList();
        Assert.Equal(export.ObjectCount, reports.Max(report => report.Done));
        Assert.True(reports[^1].Completed);
    }

    private static string[] List(string? item) => item is null ? [] : [item];

    private static List<string> Objects(ExportBench bench) => [.. bench.Files().Keys.Where(path => path.Contains('/', StringComparison.Ordinal))];
}
