using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Upgrades;
using KonUpgrade.Engine.Workloads;

namespace KonUpgrade.Engine.Tests.Workloads;

public sealed class OwnershipWriterTests
{
    [Fact]
    public async Task It_says_whether_it_wrote()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await using var blue = await scene.OpenAsync("blue");
        var maps = (await blue.Client.DiscoverAsync(TestContext.Current.CancellationToken)).FindPreferred("", "ConfigMap")!;
        var writer = new OwnershipWriter(blue.Client, TimeProvider.System);
        using var first = await scene.GetAsync("blue", "", "ConfigMap", "web");
        Assert.False(await writer.WriteAsync(maps, first!, _ => null, TestContext.Current.CancellationToken));
        Assert.True(await writer.WriteAsync(maps, first!, Patch, TestContext.Current.CancellationToken));

        // Somebody has written what was to be written.
        Assert.False(await writer.WriteAsync(maps, first!, o => o.Annotation("a") is null ? Patch(o) : null, TestContext.Current.CancellationToken));

        // Another one has its name by now.
        await scene.DeleteAsync("blue", "", "ConfigMap", "web");
        scene.Host.Cluster("blue").Seed([UpgradeScene.ConfigMap("web", "2")]);
        Assert.False(await writer.WriteAsync(maps, first!, Patch, TestContext.Current.CancellationToken));
        using var other = await scene.GetAsync("blue", "", "ConfigMap", "web");
        Assert.Null(other!.Annotation("a"));
    }

    private static byte[] Patch(KubernetesObject o) =>
        Encoding.UTF8.GetBytes("""{"metadata":{"uid":"UID_","resourceVersion":"VERSION_","annotations":{"a":"b"}}}""".Replace("UID_", o.Uid, StringComparison.Ordinal).Replace("VERSION_", o.ResourceVersion, StringComparison.Ordinal));
}
