using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Which contexts of which kubeconfig are asked for.</summary>
internal sealed record ContextRequest(string? KubeConfigPath, IReadOnlyList<NamePattern> Names, bool Current)
{
    /// <summary>The session's directory, in which relative paths of <c>$KUBECONFIG</c> begin.</summary>
    public string? Location { get; init; }
}

/// <summary>Reads the contexts of a kubeconfig.</summary>
internal static class ContextOperation
{
    public static async IAsyncEnumerable<ClusterContext> RunAsync(
        ContextRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var config = await KubeConfig.LoadAsync(request.KubeConfigPath, cancellationToken, request.Location).ConfigureAwait(false);
        foreach (var warning in config.Warnings)
            host.Warning(warning);
        foreach (var name in request.Names.Where(name => !name.IsWild && !config.Contexts.Any(context => name.Matches(context.Name))))
        {
            try
            {
                config.Find(name.Text);
            }
            catch (UpgradeException missing)
            {
                host.Error(missing.Failure, missing);
            }
        }

        foreach (var context in config.Contexts)
        {
            if (request.Current && !context.IsCurrent)
                continue;
            if (request.Names.Count == 0 || request.Names.Any(name => name.Matches(context.Name)))
                yield return context;
        }
    }

    /// <summary>Fails when the context that is asked for is not in the kubeconfig. Gives nothing.</summary>
    public static async IAsyncEnumerable<ClusterContext> CheckAsync(
        ClusterRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.Managed is not null)
            yield break;
        var config = await KubeConfig.LoadAsync(request.KubeConfigPath, cancellationToken, request.Location).ConfigureAwait(false);
        config.Find(request.Context);
        yield break;
    }
}
