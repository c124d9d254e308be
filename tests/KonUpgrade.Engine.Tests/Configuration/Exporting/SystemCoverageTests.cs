using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Exporting;

public sealed class SystemCoverageTests
{
    private static readonly SystemCatalog s_systems = new(new SystemServices { Roles = null });

    [Fact]
    public async Task What_a_system_does_not_carry_is_counted_by_the_rules_of_the_whole()
    {
        await using var host = await SandboxFixture.StartAsync();
        host.Cluster("blue").Seed([Namespace("shop"), ConfigMap("shop", "a"), ConfigMap("shop", "b")]);
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");

        var found = await SystemCoverage.CountAsync(
            blue, s_systems.Get("Konstellation").Description, s_systems.Whole.Description, new ClusterConfigSelection { Namespace = ["shop"] }, NullReporter.Instance,
            TestContext.Current.CancellationToken);

        Assert.Equal([new UncoveredKind("ConfigMap", 2, More: false), new UncoveredKind("Namespace", 1, More: false)], found);
    }
}
