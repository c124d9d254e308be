using KonUpgrade.Engine.Configuration.Comparing;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Manifests.Directories;

namespace KonUpgrade.Operations;

/// <summary>One side of a comparison as the command line has it: a cluster, a directory, or a name that may be either.</summary>
/// <param name="Cluster">The cluster, or what would be the cluster of that name.</param>
/// <param name="Directory">The directory, or what would be the directory of that name.</param>
internal sealed record SideRequest(ClusterRequest? Cluster, string? Directory);

/// <summary>One side of a comparison, opened.</summary>
internal sealed class ComparedSide : IAsyncDisposable
{
    private ComparedSide(ClusterConnection connection, IReporter reporter)
    {
        Connection = connection;
        Source = new ClusterSource(connection, reporter);
    }

    private readonly Failure? _incomplete;

    private ComparedSide(ManifestDirectory directory)
    {
        Export = directory.Export;
        SystemName = directory.SystemName;
        _incomplete = directory.Incomplete;
        Source = new DirectorySource(directory);
    }

    /// <summary>Where its objects come from.</summary>
    public IConfigSource Source { get; }

    /// <summary>The cluster; null for a directory.</summary>
    public ClusterConnection? Connection { get; }

    /// <summary>The system that a directory is of; null for a cluster, and for plain manifests.</summary>
    public string? SystemName { get; }

    /// <summary>What an export says of itself; null for a cluster and for plain manifests.</summary>
    public ClusterConfigExport? Export { get; }

    /// <summary>Finds out what is meant, and opens it.</summary>
    public static async Task<ComparedSide> OpenAsync(SideRequest side, OpeningKey? opening, IReadOnlyList<IManifestLayout> layouts, IReporter reporter, CancellationToken cancellationToken)
    {
        if (await IsDirectoryAsync(side, cancellationToken).ConfigureAwait(false))
            return new ComparedSide(await ManifestDirectory.OpenAsync(side.Directory!, cancellationToken, opening, layouts).ConfigureAwait(false));
        return new ComparedSide(await side.Cluster!.OpenAsync(reporter, cancellationToken).ConfigureAwait(false), reporter);
    }

    /// <summary>Refuses an export that is not complete, unless that is allowed.</summary>
    public void Check(bool allowPartial)
    {
        if (_incomplete is null || allowPartial)
            return;
        throw new UpgradeException(Export is not { } export ? _incomplete : new Failure
        {
            Id = "ExportIncomplete",
            Kind = FailureKind.Incomplete,
            Message = $"The export in '{export.Path}' is not complete: what is missing there would seem to differ.",
            Recommendation = "Export again until it is complete, or compare what is there with -AllowPartial.",
            Target = export.Path,
        });
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<bool> IsDirectoryAsync(SideRequest side, CancellationToken cancellationToken)
    {
        if (side.Cluster is not { } cluster)
            return true;
        if (side.Directory is not { } path)
            return false;
        var isDirectory = Directory.Exists(path) || File.Exists(path);
        var contexts = await ContextsAsync(cluster, isDirectory, cancellationToken).ConfigureAwait(false);
        var isContext = contexts.Contains(cluster.Context, StringComparer.Ordinal);
        return (isDirectory, isContext) switch
        {
            (true, true) => throw new UpgradeException(new Failure
            {
                Id = "SideAmbiguous",
                Kind = FailureKind.InvalidArgument,
                Message = $"'{cluster.Context}' is a context of the kubeconfig, and a directory too.",
                Recommendation = $"Write ./{cluster.Context} for the directory, or (Get-ClusterContext {cluster.Context}) for the cluster.",
                Target = cluster.Context,
            }),
            (false, false) => throw new UpgradeException(new Failure
            {
                Id = "SideNotFound",
                Kind = FailureKind.NotFound,
                Message = $"'{cluster.Context}' is neither a context of the kubeconfig nor a directory. Known contexts: {(contexts.Count == 0 ? "none" : NameList.Some(contexts, most: 50))}.",
                Recommendation = "Get-ClusterContext lists the contexts; -KubeConfigPath names another kubeconfig.",
                Target = cluster.Context,
            }),
            _ => isDirectory,
        };
    }

    private static async Task<IReadOnlyList<string>> ContextsAsync(ClusterRequest cluster, bool isDirectory, CancellationToken cancellationToken)
    {
        try
        {
            var config = await KubeConfig.LoadAsync(cluster.KubeConfigPath, cancellationToken, cluster.Location).ConfigureAwait(false);
            return [.. config.Contexts.Select(context => context.Name).OfType<string>()];
        }
        catch (UpgradeException exception) when (isDirectory && exception.Failure.Kind == FailureKind.NotFound)
        {
            // Two directories can be compared where there is no kubeconfig at all.
            return [];
        }
    }
}
