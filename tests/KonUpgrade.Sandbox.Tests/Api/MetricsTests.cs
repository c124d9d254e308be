using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.Api;

/// <summary>What a server measures of the requests for deprecated versions, and who may read it.</summary>
public sealed class MetricsTests : IAsyncLifetime
{
    private SandboxHost _host = null!;

    public async ValueTask InitializeAsync() =>
        _host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("old", "1.24")] }, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_deprecated_version_shows_after_the_first_request_for_it()
    {
        using var client = new ApiClient(_host, _host.Cluster("old"));
        (await client.GetAsync("/apis/policy/v1/poddisruptionbudgets")).Must(200);
        Assert.DoesNotContain("apiserver_requested_deprecated_apis{", (await client.GetAsync("/metrics")).Must(200).Text, StringComparison.Ordinal);
        (await client.GetAsync("/apis/policy/v1beta1/poddisruptionbudgets")).Must(200);
        (await client.GetAsync("/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets/nope")).Must(404);

        Reply metrics = (await client.GetAsync("/metrics")).Must(200);
        Assert.StartsWith("text/plain", metrics.ContentType, StringComparison.Ordinal);
        Assert.Contains("apiserver_requested_deprecated_apis{group=\"policy\",removed_release=\"1.25\",resource=\"poddisruptionbudgets\",subresource=\"\",version=\"v1beta1\"} 1\n", metrics.Text, StringComparison.Ordinal);
        Assert.Contains("apiserver_request_total{code=\"200\",component=\"apiserver\",dry_run=\"\",group=\"policy\",resource=\"poddisruptionbudgets\",scope=\"cluster\",subresource=\"\",verb=\"LIST\",version=\"v1beta1\"} 1\n", metrics.Text, StringComparison.Ordinal);
        Assert.Contains("code=\"404\",component=\"apiserver\",dry_run=\"\",group=\"policy\",resource=\"poddisruptionbudgets\",scope=\"resource\",subresource=\"\",verb=\"GET\",version=\"v1beta1\"} 1\n", metrics.Text, StringComparison.Ordinal);
        Assert.Contains("\nprocess_start_time_seconds ", metrics.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_for_those_who_may_read_them()
    {
        using var viewer = As("old-viewer");
        Reply refused = (await viewer.GetAsync("/metrics")).Must(403);
        Assert.Contains("User \"old-viewer\" cannot get path \"/metrics\"", refused.Message, StringComparison.Ordinal);
        using var admin = new ApiClient(_host, _host.Cluster("old"));
        _host.Cluster("old").Deny(new DeniedAccess { Resource = "/metrics" });
        (await admin.GetAsync("/metrics")).Must(403);
        (await admin.GetAsync("/version")).Must(200);
        _host.Cluster("old").AllowAgain();
        (await admin.GetAsync("/metrics")).Must(200);
    }

    private ApiClient As(string user)
    {
        string kubeconfig = File.ReadAllText(_host.KubeConfigPath);
        string entry = kubeconfig[kubeconfig.IndexOf($"- name: {user}\n  user:", StringComparison.Ordinal)..];
        string token = entry[(entry.IndexOf("token: ", StringComparison.Ordinal) + 7)..].Split('\n')[0];
        return new ApiClient(_host, _host.Cluster("old"), token);
    }
}
