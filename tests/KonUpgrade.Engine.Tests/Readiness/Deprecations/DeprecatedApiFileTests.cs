using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Objects;
using KonUpgrade.Engine.Readiness.Deprecations;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Readiness.Deprecations;

/// <summary>Deprecated versions in files, exports and items.</summary>
public sealed class DeprecatedApiFileTests
{
    private static readonly DeprecatedApiOptions For136 = new() { Target = ApiTarget.Of(TargetVersion.Parse("1.36")) };

    private readonly RecordingReporter _reporter = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_found_comes_in_the_order_of_the_files_with_its_place()
    {
        using var folder = new TempFolder();
        for (var number = 0; number < 300; number++)
            folder.Write($"many/{number:D3}.yaml", Object("batch/v1beta1", "CronJob", $"job-{number:D3}", "shop"));
        folder.Write("a.yaml", Object("apps/v1", "Deployment", "web", "shop") + "---\n# Source: shop/templates/budget.yaml\n" + Object("policy/v1beta1", "PodDisruptionBudget", "web", "shop"));
        folder.Write("b.json", """{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"extensions/v1beta1","kind":"Ingress","metadata":{"name":"web"}}]}""");
        folder.Write("z.yml", "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: all}\n");
        folder.Write(".git/x.yaml", Object("batch/v1beta1", "CronJob", "hidden", "shop"));
        folder.Write("values.yaml", "replicas: 3\n");
        folder.Write("empty.yaml", "");

        var found = await FindAsync(folder.Path, For136);

        Assert.Equal(["web", "web", .. Enumerable.Range(0, 300).Select(number => $"job-{number:D3}"), "all"], found.Select(one => one.Name!));
        Assert.Equal(
            (folder["a.yaml"], 8, "shop/templates/budget.yaml", "shop", "policy/v1beta1", "PodDisruptionBudget", "1.21", "1.25", "policy/v1", true, DeprecatedApiSeverity.Removed),
            (found[0].Path, found[0].Line, found[0].Template, found[0].Namespace, found[0].ApiVersion, found[0].Kind, found[0].DeprecatedIn, found[0].RemovedIn, found[0].Replacement, found[0].Convertible, found[0].Severity));
        Assert.Equal((folder["b.json"], 1, null, DeprecatedApiEvidence.Manifest, "Kubernetes 1.36"), (found[1].Path, found[1].Line, found[1].Namespace, found[1].Evidence, found[1].Target));
        Assert.Contains("Pod Security Admission", found[^1].Remedy, StringComparison.Ordinal);
        Assert.False(found[^1].Convertible);
        Assert.Empty(_reporter.Of("warning"));
    }

    [Fact]
    public async Task Templates_and_broken_files_are_told_and_the_others_looked_through()
    {
        using var folder = new TempFolder();
        var template = folder.Write("chart/templates/ingress.yaml", "{{- if .Values.on }}\n" + Object("extensions/v1beta1", "Ingress", "web", null) + "{{- end }}\n");
        var broken = folder.Write("broken.yaml", "kind: 'A\n");
        var encrypted = folder.Write("secret.yaml.enc", "x");
        folder.Write("good.yaml", Object("batch/v1beta1", "CronJob", "job", "shop"));

        var finder = new DeprecatedApiFinder(For136, _reporter);
        var found = await finder.FindAsync(folder.Path, Token).ToListAsync(Token);

        Assert.Equal("job", Assert.Single(found).Name);
        Assert.Equal(["YamlSyntax", "EncryptedOutsideExport"], finder.Failures.Select(failure => failure.Id));
        Assert.Equal(3, _reporter.Of("warning").Count);
        foreach (var file in new[] { template, broken, encrypted })
            Assert.Single(_reporter.Of("warning"), warning => warning.Contains(file, StringComparison.Ordinal));
        Assert.Contains("helm template", _reporter.Of("warning").Single(warning => warning.Contains(template, StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selection_narrows_and_a_mistyped_word_is_an_error()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", Object("batch/v1beta1", "CronJob", "job", "shop") + "---\n" + Object("policy/v1beta1", "PodDisruptionBudget", "web", "shop") + "---\n" + Object("batch/v1beta1", "CronJob", "job", "other"));

        Assert.Equal(["batch/v1beta1 CronJob shop/job"], (await FindAsync(folder.Path, For136 with { Kind = ["cronjobs"], Namespace = ["shop"] })).Select(one => one.ToString()));
        var mistyped = await Assert.ThrowsAsync<UpgradeException>(() => FindAsync(folder.Path, For136 with { Kind = ["CronJop"] }));
        Assert.Equal("KindNotFound", mistyped.Failure.Id);
        Assert.Contains("CronJob", mistyped.Failure.Message, StringComparison.Ordinal);
        Assert.Equal("NamespaceNotFound", (await Assert.ThrowsAsync<UpgradeException>(() => FindAsync(folder.Path, For136 with { Namespace = ["none"] }))).Failure.Id);
    }

    [Fact]
    public async Task Where_there_is_no_manifest_that_is_an_error()
    {
        using var folder = new TempFolder();
        folder.Write("values.yaml", "replicas: 3\n");

        Assert.Equal("NoManifest", (await Assert.ThrowsAsync<UpgradeException>(() => FindAsync(folder.Path, For136))).Failure.Id);
        Assert.Equal("DirectoryNotFound", (await Assert.ThrowsAsync<UpgradeException>(() => FindAsync(folder["none"], For136))).Failure.Id);
    }

    [Fact]
    public async Task Without_a_target_everything_is_found_that_was_ever_removed()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", Object("storagemigration.k8s.io/v1alpha1", "StorageVersionMigration", "web", null));

        var found = Assert.Single(await FindAsync(folder.Path, new DeprecatedApiOptions()));
        Assert.Equal((DeprecatedApiSeverity.Removed, ApiTarget.Newest.Name), (found.Severity, found.Target));
    }

    [Fact]
    public async Task Kinds_that_a_target_knows_nothing_of_are_told_unless_their_definitions_come_along()
    {
        using var folder = new TempFolder();
        folder.Write("a.yaml", Object("shop.example.com/v1", "Cart", "a", "shop") + "---\n" + Object("bank.example.com/v1", "Account", "a", "shop"));
        folder.Write("crd.yaml", Object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "carts.shop.example.com", null));
        var green = ApiTarget.Cluster("green", TargetVersion.Parse("1.34"), new Engine.Kubernetes.ApiCatalog([], []));

        Assert.Empty(await FindAsync(folder.Path, new DeprecatedApiOptions { Target = green }));
        var warning = Assert.Single(_reporter.Of("warning"));
        Assert.Contains("Account.bank.example.com", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("Cart", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_is_judged_by_the_version_after_its_own_and_by_what_its_list_says()
    {
        await using var host = await SandboxFixture.StartAsync(new Sandbox.Hosting.SandboxClusterOptions("blue", "1.24"));
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");
        using var folder = new TempFolder();
        var psp = new Engine.Kubernetes.ApiResource { Group = "policy", Version = "v1beta1", Kind = "PodSecurityPolicy", Plural = "podsecuritypolicies", Namespaced = false };
        await blue.Client.CreateAsync(
            psp, null, """{"apiVersion":"policy/v1beta1","kind":"PodSecurityPolicy","metadata":{"name":"all"},"spec":{"seLinux":{"rule":"RunAsAny"},"supplementalGroups":{"rule":"RunAsAny"},"runAsUser":{"rule":"RunAsAny"},"fsGroup":{"rule":"RunAsAny"}}}"""u8.ToArray(), new Engine.Kubernetes.WriteOptions { FieldManager = "test" }, Token);
        var export = new ConfigExporter(blue, new ExportOptions { Path = folder["export"], System = new Engine.Systems.SystemCatalog().Whole.Description }, NullReporter.Instance);
        await foreach (var _ in export.RunAsync(Token))
        {
        }

        var found = Assert.Single(await FindAsync(folder["export"], new DeprecatedApiOptions()));
        Assert.Equal(("all", DeprecatedApiSeverity.Removed, "Kubernetes 1.25", "blue"), (found.Name, found.Severity, found.Target, found.Context));
        Assert.NotNull(found.ClusterUid);

        // What was edited since is read as it is.
        File.WriteAllText(found.Path!, Object("policy/v1", "PodSecurityPolicy", "all", null));
        Assert.Empty(await FindAsync(folder["export"], new DeprecatedApiOptions()));
    }

    [Fact]
    public void An_item_is_looked_at_as_a_script_has_edited_it()
    {
        var finder = new DeprecatedApiFinder(For136, _reporter);
        var item = new ClusterConfigItem
        {
            ApiVersion = "batch/v1beta1",
            Kind = "CronJob",
            Namespace = "shop",
            Name = "job",
            Action = ClusterConfigItemAction.Read,
            Context = "blue",
            Manifest = new ItemManifest("""{"apiVersion":"batch/v1beta1","kind":"CronJob","metadata":{"name":"job","namespace":"shop"}}"""u8.ToArray(), ObjectView.Of),
        };

        var found = finder.Find(item);
        Assert.Equal(("blue", null, "batch/v1"), (found?.Context, found?.Path, found?.Replacement));
        item.Object!["apiVersion"] = "batch/v1";
        Assert.Null(finder.Find(item));
        Assert.Null(finder.Find(item with { Name = null }));
    }

    private static string Object(string apiVersion, string kind, string name, string? ns) =>
        $"apiVersion: {apiVersion}\nkind: {kind}\nmetadata:\n  name: {name}\n{(ns is null ? "" : $"  namespace: {ns}\n")}";

    private async Task<List<DeprecatedApi>> FindAsync(string path, DeprecatedApiOptions options) =>
        await new DeprecatedApiFinder(options, _reporter).FindAsync(path, Token).ToListAsync(Token);
}
