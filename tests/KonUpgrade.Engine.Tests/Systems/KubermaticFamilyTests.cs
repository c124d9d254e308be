using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;
using static KonUpgrade.Engine.Tests.Systems.KubermaticScene;

namespace KonUpgrade.Engine.Tests.Systems;

public sealed class KubermaticFamilyTests
{
    private static readonly SystemCatalog s_systems = new(new SystemServices { Roles = null });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_masters_seeds_are_found_by_the_kubeconfigs_in_its_secrets()
    {
        await using var host = await StartAsync();
        host.Cluster("master").Seed([.. Installed(master: true), Seed("eu", "kubeconfig-eu", clusters: 2, backupSecret: "s3"), Secret("kubeconfig-eu", "kubeconfig", KubeConfigOf(host, "eu"))]);
        host.Cluster("eu").Seed(Installed(master: false));
        await using var found = await FindAsync(host, "master");

        Assert.Equal([("master", "master"), ("seed", "seed-eu")], found.Members.Select(m => (m.Role, m.Folder)));
        await using var eu = await SandboxFixture.ConnectAsync(host, "eu");
        Assert.True(await eu.IsSameClusterAsync(found.Members[1].Connection!, Token));
        Assert.Equal([new ReportedCount("Cluster.kubermatic.k8c.io", 2, "Seed eu")], found.Members[1].Reported);
        Assert.Empty(found.Members[0].Reported);
        // The Secret that its backups log in with is not where Kubermatic's others are.
        Assert.True(found.Members[1].System.Export.Includes("Secret", "kube-system", "s3"));
        Assert.False(found.Members[0].System.Export.Includes("Secret", "kube-system", "s3"));
        Assert.True(found.Members[0].System.Export.Includes("Secret", "kubermatic", "kubeconfig-eu"));
        Assert.True(found.Members[0].System.Export.Includes("Secret", "cluster-abc", "ca"));
        Assert.False(found.Members[0].System.Export.Includes("Secret", "shop", "ca"));
    }

    [Fact]
    public async Task A_master_that_is_its_own_seed_is_exported_once_and_its_clusters_are_counted_there()
    {
        await using var host = await StartAsync();
        host.Cluster("master").Seed([.. Installed(master: true), Seed("kubermatic", "own", clusters: 3), Secret("own", "kubeconfig", KubeConfigOf(host, "master"))]);
        await using var found = await FindAsync(host, "master");

        var only = Assert.Single(found.Members);
        Assert.Equal(("master", 3), (only.Role, only.Reported.Single().Count));
        Assert.Null(only.Connection);
    }

    [Fact]
    public async Task A_cluster_that_is_neither_is_not_taken_for_a_seed()
    {
        await using var host = await StartAsync();
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => FindAsync(host, "eu"))).Failure;
        Assert.Equal("RoleUnknown", failure.Id);
        Assert.Contains("eu is a master or a seed can't be told", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_stands_alone()
    {
        await using var host = await StartAsync();
        host.Cluster("eu").Seed([.. Installed(master: false), Seed("eu", null, clusters: 2, backupSecret: "s3")]);
        await using var found = await FindAsync(host, "eu");

        var only = Assert.Single(found.Members);
        Assert.Equal(("seed", ""), (only.Role, only.Folder));
        Assert.True(only.System.Export.Includes("Secret", "kube-system", "s3"));
    }

    [Theory]
    [InlineData("nothing", null, "SeedKubeConfigMissing")]
    [InlineData("secret", null, "SeedKubeConfigMissing")]
    [InlineData("secret", "apiVersion: v1\nkind: Config\n", "NoCurrentContext")]
    [InlineData("secret", "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\nusers: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: touch}}}]\n", "KubeConfigNotSelfContained")]
    [InlineData("secret", "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\nusers: [{name: u, user: {tokenFile: /etc/passwd}}]\n", "KubeConfigNotSelfContained")]
    [InlineData("secret", "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1', certificate-authority: /etc/passwd}}]\n", "KubeConfigNotSelfContained")]
    public async Task A_seed_to_which_nothing_leads_is_a_failure_of_its_own(string named, string? kubeConfig, string id)
    {
        await using var host = await StartAsync();
        host.Cluster("master").Seed([.. Installed(master: true), Seed("eu", named == "nothing" ? null : "there"), .. kubeConfig is null ? (string[])[] : [Secret("there", "kubeconfig", kubeConfig)]]);
        await using var found = await FindAsync(host, "master");

        Assert.Null(found.Members[0].Failure);
        Assert.Equal(id, found.Members[1].Failure!.Id);
        Assert.Contains("eu", found.Members[1].Failure!.Message, StringComparison.Ordinal);
        Assert.Null(found.Members[1].Connection);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task An_export_that_finds_another_number_than_is_reported_is_not_complete(int reported, bool complete)
    {
        await using var host = await StartAsync();
        host.Cluster("eu").Seed([.. Installed(master: false), Object("Cluster", "one"), Object("Cluster", "two")]);
        await using var eu = await SandboxFixture.ConnectAsync(host, "eu");
        using var folder = new TempFolder();
        var options = new ExportOptions
        {
            Path = folder.Path,
            System = s_systems.Get("Kubermatic").Description,
            Role = "seed",
            Reported = [new ReportedCount("Cluster.kubermatic.k8c.io", reported, "Seed eu")],
        };

        ClusterConfigExport? export = null;
        await foreach (var made in new ConfigExporter(eu, options, NullReporter.Instance).RunAsync(Token))
            export = made;

        Assert.Equal((complete, "seed"), (export!.Complete, export.Role));
        Assert.Equal(complete ? [] : ["CountDiffers"], export.Failures.Select(failure => failure.Id));
    }

    private static Task<SandboxHost> StartAsync() => SandboxFixture.StartAsync(new SandboxClusterOptions("master", "1.33"), new SandboxClusterOptions("eu", "1.33"));

    private static async Task<Found> FindAsync(SandboxHost host, string context)
    {
        var named = await SandboxFixture.ConnectAsync(host, context);
        var system = s_systems.Get("Kubermatic");
        return new Found(named, await system.Family!.FindAsync(named, system.Description, new ConnectionOptions(), NullReporter.Instance, Token));
    }

    private sealed record Found(ClusterConnection Named, IReadOnlyList<FamilyMember> Members) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var connection in Members.Select(member => member.Connection).OfType<ClusterConnection>())
                await connection.DisposeAsync();
            await Named.DisposeAsync();
        }
    }
}
