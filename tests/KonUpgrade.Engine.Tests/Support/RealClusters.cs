using KonUpgrade.Engine.Connections;

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>
/// The real clusters that the run may use: those of the kubeconfig named in KONUPGRADE_TEST_KUBECONFIG, one context a
/// server. Tests write only into namespaces of their own there, and take them away again.
/// </summary>
public static class RealClusters
{
    public static string? KubeConfigPath { get; } = Environment.GetEnvironmentVariable("KONUPGRADE_TEST_KUBECONFIG") is { Length: > 0 } path ? path : null;

    /// <summary>The contexts, as the data of a theory; none where no kubeconfig is named.</summary>
    public static async Task<IReadOnlyList<string>> ContextsAsync()
    {
        if (KubeConfigPath is null)
            return [];
        var config = await KubeConfig.LoadAsync(KubeConfigPath, CancellationToken.None);
        return [.. config.Contexts.DistinctBy(c => c.Server).Select(c => c.Name)];
    }
}
