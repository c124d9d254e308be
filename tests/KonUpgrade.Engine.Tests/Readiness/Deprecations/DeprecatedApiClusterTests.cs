using System.IO.Compression;
using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Deprecations;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
using KonUpgrade.Engine.Tests.Nodepools.Eks;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Eks;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Readiness.Deprecations;

/// <summary>Evidence of a cluster of 1.24 in the sandbox, which serves versions that 1.25 does not.</summary>
public sealed class DeprecatedApiClusterTests : IAsyncLifetime
{
    private static readonly ApiResource s_old = new() { Group = "policy", Version = "v1beta1", Kind = "PodDisruptionBudget", Plural = "poddisruptionbudgets", Namespaced = true };
    private static readonly ApiResource s_new = s_old with { Version = "v1" };

    private readonly RecordingReporter _reporter = new();
    private SandboxHost _host = null!;
    private ClusterConnection _blue = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.24"), new SandboxClusterOptions("green", "1.34"));
        _blue = await SandboxFixture.ConnectAsync(_host, "blue");
    }

    public async ValueTask DisposeAsync()
    {
        await _blue.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Requests_writers_annotations_and_releases_are_found_ranked_by_worth()
    {
        await CreateAsync(s_old, "web", "helm");
        await CreateAsync(s_new, "fine", "helm");
        await CreateAsync(s_new, "zone", "argocd", """{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"policy/v1beta1\",\"kind\":\"PodDisruptionBudget\"}"}""");
        Keep("web", 3, "deployed", "---\n# Source: web/templates/job.yaml\napiVersion: batch/v1beta1\nkind: CronJob\nmetadata:\n  name: nightly\n---\napiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: all\n");
        Keep("web", 2, "superseded", "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata:\n  name: earlier\n");

        var found = await FindAsync(_blue, new DeprecatedApiOptions());

        Assert.Equal(
            [
                "RequestMetric policy/v1beta1 PodDisruptionBudget  -",
                "ManagedFields policy/v1beta1 PodDisruptionBudget shop/web helm",
                "LastApplied policy/v1beta1 PodDisruptionBudget shop/zone kubectl-client-side-apply",
                "HelmRelease batch/v1beta1 CronJob shop/nightly shop/web",
                "HelmRelease policy/v1beta1 PodSecurityPolicy all shop/web",
            ],
            found.Select(one => $"{one.Evidence} {one.ApiVersion} {one.Kind} {(one.Namespace is null ? one.Name : $"{one.Namespace}/{one.Name}")} {one.Client ?? "-"}"));
        Assert.All(found, one => Assert.Equal((DeprecatedApiSeverity.Removed, "Kubernetes 1.25", "blue"), (one.Severity, one.Target, one.Context)));
        Assert.All(found, one => Assert.NotNull(one.ClusterUid));
        Assert.Equal(1, found[0].Requests);
        Assert.NotNull(found[0].Since);
        Assert.InRange(found[1].LastSeen!.Value, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(("web/templates/job.yaml", 3, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), (found[3].Template, found[3].Line, found[3].LastSeen));
        Assert.Empty(_reporter.Of("warning"));

        // Where a kind is served in another version, looking at it has not asked for the deprecated one.
        Assert.Equal(1, (await FindAsync(_blue, new DeprecatedApiOptions())).Single(one => one is { Evidence: DeprecatedApiEvidence.RequestMetric, Kind: "PodDisruptionBudget" }).Requests);
        // What is older than wanted goes; what tells no time, and what Helm would still render, stays.
        var young = await FindAsync(_blue, new DeprecatedApiOptions { MaxAge = TimeSpan.FromDays(7), Time = new Later() });
        Assert.DoesNotContain(young, one => one.Evidence == DeprecatedApiEvidence.ManagedFields);
        Assert.Equal(2, young.Count(one => one.Evidence == DeprecatedApiEvidence.HelmRelease));
        // A selection.
        var selected = await FindAsync(_blue, new DeprecatedApiOptions { Namespace = ["shop"], Kind = ["pdb"] });
        Assert.Equal([DeprecatedApiEvidence.ManagedFields, DeprecatedApiEvidence.LastApplied], selected.Select(one => one.Evidence));
        Assert.Equal("KindNotFound", (await Assert.ThrowsAsync<UpgradeException>(() => FindAsync(_blue, new DeprecatedApiOptions { Kind = ["CronJop"] }))).Failure.Id);
    }

    [Fact]
    public async Task A_writer_that_moved_on_is_no_longer_found()
    {
        await CreateAsync(s_old, "web", "helm");
        await _blue.Client.PatchAsync(s_new, "shop", "web", PatchKind.Merge, """{"spec":{"minAvailable":2}}"""u8.ToArray(), new WriteOptions { FieldManager = "helm" }, Token);

        Assert.Equal([DeprecatedApiEvidence.RequestMetric], (await FindAsync(_blue, new DeprecatedApiOptions())).Select(one => one.Evidence));
    }

    [Fact]
    public async Task A_target_cluster_decides_also_of_custom_resources()
    {
        foreach (var (cluster, served) in new[] { ("blue", "true"), ("green", "false") })
        {
            _host.Cluster(cluster).Seed([
                $$$$$"""
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"carts.shop.example.com"},"spec":{"group":"shop.example.com","scope":"Namespaced","names":{"plural":"carts","kind":"Cart"},
                "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}},
                {"name":"v1alpha1","served":{{{{{served}}}}},"deprecated":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
                """]);
        }

        var cart = new ApiResource { Group = "shop.example.com", Version = "v1alpha1", Kind = "Cart", Plural = "carts", Namespaced = true };
        for (var deadline = DateTime.UtcNow.AddSeconds(30); (await _blue.Client.DiscoverAsync(Token)).Find(cart.Group, cart.Version, cart.Kind) is null;)
        {
            Assert.True(DateTime.UtcNow < deadline, "The definition was not served.");
            await Task.Delay(20, Token);
        }

        await _blue.Client.CreateAsync(cart, "default", """{"apiVersion":"shop.example.com/v1alpha1","kind":"Cart","metadata":{"name":"mine"},"size":1}"""u8.ToArray(), new WriteOptions { FieldManager = "shop" }, Token);
        await using var green = await SandboxFixture.ConnectAsync(_host, "green");
        var target = ApiTarget.Cluster("green", await green.Client.GetVersionAsync(Token), await green.Client.DiscoverAsync(Token));

        var found = (await FindAsync(_blue, new DeprecatedApiOptions { Target = target })).Where(one => one.Kind == "Cart").ToList();

        Assert.Equal([DeprecatedApiEvidence.RequestMetric, DeprecatedApiEvidence.ManagedFields], found.Select(one => one.Evidence));
        Assert.All(found, one => Assert.Equal((DeprecatedApiSeverity.Removed, "shop.example.com/v1", "green"), (one.Severity, one.Replacement, one.Target)));
        Assert.Equal(("mine", "shop"), (found[1].Name, found[1].Client));
        // Without it, the server's own word is all there is.
        var told = Assert.Single(await FindAsync(_blue, new DeprecatedApiOptions()), one => one.Kind == "Cart");
        Assert.Equal((DeprecatedApiSeverity.Deprecated, DeprecatedApiEvidence.RequestMetric, "shop.example.com/v1"), (told.Severity, told.Evidence, told.Replacement));
    }

    [Fact]
    public async Task A_viewer_misses_what_he_may_not_read_and_is_told_so()
    {
        await CreateAsync(s_old, "web", "helm");
        await using var viewer = await SandboxFixture.ConnectAsync(_host, "blue-viewer");

        var finder = new DeprecatedApiFinder(new DeprecatedApiOptions(), _reporter);
        var found = await finder.FindAsync(viewer, Token).ToListAsync(Token);

        Assert.Equal([DeprecatedApiEvidence.ManagedFields], found.Select(one => one.Evidence));
        Assert.Equal([FailureKind.PermissionDenied, FailureKind.PermissionDenied], finder.UnreadSources.Select(failure => failure.Kind));
        Assert.Single(_reporter.Of("warning"), warning => warning.Contains("metrics", StringComparison.Ordinal));
        Assert.Single(_reporter.Of("warning"), warning => warning.Contains("Helm", StringComparison.Ordinal));
        Assert.Empty(finder.Failures);
    }

    [Fact]
    public async Task Kinds_that_may_not_be_listed_are_named_and_the_others_looked_at()
    {
        await CreateAsync(s_old, "web", "helm");
        _host.Cluster("blue").Deny(new DeniedAccess { Verb = "list", Resource = "cronjobs" });

        Assert.Contains(await FindAsync(_blue, new DeprecatedApiOptions()), one => one.Evidence == DeprecatedApiEvidence.ManagedFields);
        Assert.Contains("CronJob.batch", Assert.Single(_reporter.Of("warning")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_can_be_read_that_is_an_error()
    {
        await using var nobody = await SandboxFixture.ConnectAsync(_host, "blue-nobody");

        var nothing = await Assert.ThrowsAsync<UpgradeException>(() => FindAsync(nobody, new DeprecatedApiOptions()));
        Assert.Equal(("NoEvidence", FailureKind.PermissionDenied), (nothing.Failure.Id, nothing.Failure.Kind));
    }

    [Fact]
    public async Task Insights_of_EKS_tell_who_asked_how_often_and_when()
    {
        var now = DateTimeOffset.UtcNow;
        _host.Eks!.SetInsights("blue",
            new EksInsight("a1")
            {
                KubernetesVersion = "1.25",
                Deprecations =
                [
                    new("/apis/policy/v1beta1/podsecuritypolicies")
                    {
                        StopServingVersion = "1.25",
                        Clients = [new("old-operator/v1", 412, now.AddDays(-2)), new("fixed-operator/v2", 3, now.AddDays(-20))],
                    },
                    // Looked for, and not seen.
                    new("/apis/batch/v1beta1/cronjobs") { StopServingVersion = "1.25", ReplacedWith = "/apis/batch/v1/cronjobs" },
                    // Of no table that is known here.
                    new("/apis/odd.k8s.io/v1beta1/things") { StopServingVersion = "1.25", ReplacedWith = "/apis/odd.k8s.io/v1/things" },
                ],
                ResourceUris = ["/apis/odd.k8s.io/v1beta1/things"],
            },
            new EksInsight("a2") { Status = "PASSING", Deprecations = [new("/apis/batch/v1beta1/cronjobs") { Clients = [new("x", 1, now)] }] },
            new EksInsight("a3") { Category = "MISCONFIGURATION", Deprecations = [new("/apis/batch/v1beta1/cronjobs") { Clients = [new("x", 1, now)] }] });
        await using var blue = await LiveEks.ConnectAsync(_host, "blue");

        var found = (await FindAsync(blue, new DeprecatedApiOptions())).Where(one => one.Evidence == DeprecatedApiEvidence.EksInsight).ToList();

        Assert.Equal(["PodSecurityPolicy old-operator/v1 412", "PodSecurityPolicy fixed-operator/v2 3", "things  "], found.Select(one => $"{one.Kind} {one.Client} {one.Requests}"));
        Assert.Equal((DeprecatedApiSeverity.Removed, "1.25"), (found[0].Severity, found[0].RemovedIn));
        Assert.Equal(now.ToUnixTimeMilliseconds(), found[0].LastSeen!.Value.AddDays(2).ToUnixTimeMilliseconds());
        Assert.Equal((DeprecatedApiSeverity.Removed, "odd.k8s.io/v1"), (found[2].Severity, found[2].Replacement));
        var young = await FindAsync(blue, new DeprecatedApiOptions { MaxAge = TimeSpan.FromDays(7) });
        Assert.Equal(["old-operator/v1", null], young.Where(one => one.Evidence == DeprecatedApiEvidence.EksInsight).Select(one => one.Client));

        // Neither a missing right nor a state that does not allow it ends the search.
        foreach (var (reason, status) in new[] { ("AccessDeniedException", 403), ("InvalidStateException", 400), ("InvalidRequestException", 400) })
        {
            var id = _host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "ListInsights", Reason = reason, StatusCode = status });
            var finder = new DeprecatedApiFinder(new DeprecatedApiOptions(), _reporter);
            await finder.FindAsync(blue, Token).ToListAsync(Token);
            Assert.Single(finder.UnreadSources);
            _host.Faults.Remove(id);
        }
    }

    private async Task CreateAsync(ApiResource resource, string name, string manager, string annotations = "{}")
    {
        if (await _blue.Client.GetAsync(ClusterNamespaces.Resource, null, "shop", Token) is null)
            await _blue.Client.CreateAsync(ClusterNamespaces.Resource, null, """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}"""u8.ToArray(), new WriteOptions { FieldManager = "test" }, Token);
        var json = $$$$$"""{"apiVersion":"{{{{{resource.ApiVersion}}}}}","kind":"PodDisruptionBudget","metadata":{"name":"{{{{{name}}}}}","annotations":{{{{{annotations}}}}}},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}}}""";
        using var made = await _blue.Client.CreateAsync(resource, "shop", Encoding.UTF8.GetBytes(json), new WriteOptions { FieldManager = manager }, Token);
    }

    // As Helm's driver for Secrets writes it.
    private void Keep(string name, int revision, string status, string manifest)
    {
        var release = JsonSerializer.SerializeToUtf8Bytes(new
        {
            name,
            @namespace = "shop",
            version = revision,
            info = new { status, last_deployed = "2026-01-02T03:04:05Z" },
            chart = new { metadata = new { name, version = "1.4.0" } },
            manifest,
            hooks = Array.Empty<object>(),
        });
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(release);
        var data = Convert.ToBase64String(Encoding.ASCII.GetBytes(Convert.ToBase64String(compressed.ToArray())));
        _host.Cluster("blue").Seed([
            $$$$$"""{"apiVersion":"v1","kind":"Secret","type":"helm.sh/release.v1","metadata":{"namespace":"shop","name":"sh.helm.release.v1.{{{{{name}}}}}.v{{{{{revision}}}}}","labels":{"owner":"helm","name":"{{{{{name}}}}}","status":"{{{{{status}}}}}","version":"{{{{{revision}}}}}"}},"data":{"release":"{{{{{data}}}}}"}}"""]);
    }

    private async Task<List<DeprecatedApi>> FindAsync(ClusterConnection cluster, DeprecatedApiOptions options) =>
        await new DeprecatedApiFinder(options, _reporter).FindAsync(cluster, Token).ToListAsync(Token);

    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(30);
    }
}
