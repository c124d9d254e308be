using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Connections;

/// <summary>Which cluster is meant, and that it is the one.</summary>
public sealed class ClusterConnectionTests(SandboxFixture sandbox)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clusters_are_told_apart_by_what_they_are_and_not_by_name()
    {
        await using var blue = await sandbox.ConnectAsync("blue");
        await using var same = await sandbox.ConnectAsync("blue-viewer");
        await using var green = await sandbox.ConnectAsync("green");
        Assert.True(await blue.IsSameClusterAsync(same, Token));
        Assert.False(await blue.IsSameClusterAsync(green, Token));
        Assert.Equal((await blue.GetIdentityAsync(Token)).Uid, (await blue.GetIdentityAsync(Token)).Require("blue"));
    }

    [Fact]
    public async Task A_login_that_may_not_see_it_has_no_identity_and_may_not_change_anything()
    {
        await using var nobody = await sandbox.ConnectAsync("blue-nobody");
        await using var blue = await sandbox.ConnectAsync("blue");
        var identity = await nobody.GetIdentityAsync(Token);
        Assert.Null(identity.Uid);
        Assert.Equal("Forbidden", identity.Why?.Id);
        Assert.Null(await nobody.IsSameClusterAsync(blue, Token));
        var refused = Assert.Throws<UpgradeException>(() => identity.Require("blue-nobody"));
        Assert.Equal(("IdentityUnknown", FailureKind.Refused), (refused.Failure.Id, refused.Failure.Kind));
    }

    [Fact]
    public async Task A_login_that_is_refused_is_an_error_and_no_missing_identity()
    {
        using var folder = new TempFolder();
        var text = await File.ReadAllTextAsync(sandbox.Host.KubeConfigPath, Token);
        var file = folder.Write("config", System.Text.RegularExpressions.Regex.Replace(text, "(?m)token: .*$", "token: of-yesterday"));
        await using var viewer = await ClusterConnection.OpenAsync(new ClusterTarget("blue-viewer", file), new ConnectionOptions(), NullReporter.Instance, Token);
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => viewer.GetIdentityAsync(Token));
        Assert.Equal("LoginRefused", e.Failure.Id);
        Assert.DoesNotContain("of-yesterday", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_current_context_is_taken_where_none_is_named()
    {
        await using var current = await ClusterConnection.OpenAsync(new ClusterTarget(null, sandbox.Host.KubeConfigPath), new ConnectionOptions(), NullReporter.Instance, Token);
        Assert.Equal("blue", current.Context.Name);
        var e = await Assert.ThrowsAsync<UpgradeException>(() =>
            ClusterConnection.OpenAsync(new ClusterTarget("red", sandbox.Host.KubeConfigPath), new ConnectionOptions(), NullReporter.Instance, Token));
        Assert.Equal("ContextNotFound", e.Failure.Id);
    }

    [Fact]
    public async Task What_a_viewer_may_not_do_names_the_right()
    {
        await using var viewer = await sandbox.ConnectAsync("blue-viewer");
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => viewer.Client.CreateAsync(
            TestResources.ConfigMaps, "default", TestResources.ConfigMap("x"), new WriteOptions(), Token));
        Assert.Equal(("Forbidden", FailureKind.PermissionDenied, "v1 ConfigMap default/x"), (e.Failure.Id, e.Failure.Kind, e.Failure.Target));
        Assert.Contains("cannot create resource \"configmaps\"", e.Failure.Message, StringComparison.Ordinal);
    }
}
