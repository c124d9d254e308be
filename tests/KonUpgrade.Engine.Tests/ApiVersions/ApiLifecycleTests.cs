using KonUpgrade.Engine.ApiVersions.Lifecycle;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.ApiVersions;

/// <summary>What is known of the end of Kubernetes' own versions, held against itself and against servers.</summary>
public sealed class ApiLifecycleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_version_is_deprecated_before_it_goes_and_replaced_by_what_outlives_it()
    {
        Assert.NotEmpty(ApiLifecycles.All);
        foreach (var known in ApiLifecycles.All)
        {
            Assert.True(known.RemovedIn is not { } removed || known.DeprecatedIn < removed, known.ToString());
            Assert.True(known.RemovedIn is not null || (known.Remedy is not null && known.Replacements.Count == 0), known.ToString());
            Assert.True(Uri.TryCreate(known.Source, UriKind.Absolute, out _), known.ToString());
            Assert.True(BuiltInGroups.Contains(ApiResource.GroupOf(known.ApiVersion)) || known.ApiVersion is "admission.k8s.io/v1beta1" or "apidiscovery.k8s.io/v2beta1", known.ToString());
            foreach (var replacement in known.Replacements)
            {
                // Whoever moves finds it before the old one has gone.
                Assert.True(replacement.Since < known.RemovedIn || known.Replacements[^1] != replacement, $"{known}: {replacement}");
                Assert.True(ApiLifecycles.Find(replacement.ApiVersion, known.Kind) is not { } next || next.RemovedIn is null || next.RemovedIn >= known.RemovedIn, $"{known}: {replacement}");
            }
        }
    }

    [Theory]
    [InlineData("extensions/v1beta1", "Ingress", 1, 21, "extensions/v1beta1")]
    [InlineData("extensions/v1beta1", "Ingress", 1, 22, "networking.k8s.io/v1")]
    [InlineData("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", 1, 26, "flowcontrol.apiserver.k8s.io/v1beta3")]
    [InlineData("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", 1, 29, "flowcontrol.apiserver.k8s.io/v1")]
    [InlineData("extensions/v1beta1", "PodSecurityPolicy", 1, 24, "policy/v1beta1")]
    [InlineData("extensions/v1beta1", "PodSecurityPolicy", 1, 25, null)]
    [InlineData("policy/v1beta1", "PodSecurityPolicy", 1, 25, null)]
    [InlineData("storage.k8s.io/v1alpha1", "VolumeAttributesClass", 1, 35, "storage.k8s.io/v1")]
    [InlineData("apps/v1", "Deployment", 1, 40, "apps/v1")]
    public void An_object_is_written_in_the_best_version_that_a_server_has(string apiVersion, string kind, int major, int minor, string? written) =>
        Assert.Equal(written, ApiLifecycles.On(new ServerVersion(major, minor, $"v{major}.{minor}.0"), apiVersion, kind));

    [Theory]
    [InlineData("1.21")]
    [InlineData("1.25")]
    [InlineData("1.26")]
    [InlineData("1.29")]
    [InlineData("1.34")]
    public async Task A_simulated_server_serves_nothing_that_is_said_to_be_gone(string version)
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("any", version));
        await using var cluster = await SandboxFixture.ConnectAsync(host, "any");
        await HoldAgainstAsync(cluster);
    }

    [Fact]
    public async Task A_real_server_serves_nothing_that_is_said_to_be_gone()
    {
        var contexts = await RealClusters.ContextsAsync();
        Assert.SkipWhen(contexts.Count == 0, "needs real clusters, in a kubeconfig named by KONUPGRADE_TEST_KUBECONFIG");
        foreach (var context in contexts)
        {
            await using var cluster = await ClusterConnection.OpenAsync(new ClusterTarget(context, RealClusters.KubeConfigPath), new ConnectionOptions(), NullReporter.Instance, Token);
            await HoldAgainstAsync(cluster);
        }
    }

    private static async Task HoldAgainstAsync(ClusterConnection cluster)
    {
        var server = await cluster.Client.GetVersionAsync(Token);
        var catalog = await cluster.Client.DiscoverAsync(Token);
        var served = catalog.Resources.Where(resource => BuiltInGroups.Contains(resource.Group)).ToList();
        Assert.Empty(served.Where(resource => ApiLifecycles.Find(resource.ApiVersion, resource.Kind)?.IsRemovedOn(server) == true).Select(resource => resource.ToString()));
        // What goes instead of something that is gone is there, where the server has the kind at all.
        foreach (var gone in ApiLifecycles.All.Where(known => known.IsRemovedOn(server) && served.Any(resource => resource.Kind == known.Kind && resource.Group != "")))
        {
            if (gone.ReplacementOn(server) is { } instead && served.Any(resource => resource.Kind == gone.Kind && resource.Group == ApiResource.GroupOf(instead)))
                Assert.Contains(served, resource => resource.ApiVersion == instead && resource.Kind == gone.Kind);
        }
    }
}
