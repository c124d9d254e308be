using KonUpgrade.Engine.Connections;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>The clusters that a suite runs on: those of the sandbox, and the real ones that the run may use.</summary>
public static class TestCluster
{
    private const string Real = "real ";

    /// <summary>The sandbox's clusters and every real one, as the data of a theory.</summary>
    public static async Task<TheoryData<string>> AllAsync() => ["blue", "old", .. (await RealClusters.ContextsAsync()).Select(c => Real + c)];

    public static Task<ClusterConnection> OpenAsync(string cluster, SandboxFixture sandbox, IReporter? reporter = null) =>
        cluster.StartsWith(Real, StringComparison.Ordinal)
            ? ClusterConnection.OpenAsync(
                new ClusterTarget(cluster[Real.Length..], RealClusters.KubeConfigPath), new ConnectionOptions(), reporter ?? NullReporter.Instance, TestContext.Current.CancellationToken)
            : sandbox.ConnectAsync(cluster, reporter: reporter);
}
