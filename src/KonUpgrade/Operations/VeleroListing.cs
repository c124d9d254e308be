using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Gives the backups and restores of Velero that are looked for. A name that nothing has is an error of its own.</summary>
/// <param name="Names">Their names, or patterns; none for all.</param>
/// <param name="VeleroNamespace">The namespace of Velero's server.</param>
/// <param name="IncludesIssues">Whether warnings and errors are listed one by one.</param>
internal sealed record VeleroListing(IReadOnlyList<NamePattern> Names, string VeleroNamespace, bool IncludesIssues)
{
    private VeleroFilter Filter => new()
    {
        VeleroNamespace = VeleroNamespace,
        Name = Names.Count == 0 ? null : name => Names.Any(pattern => pattern.Matches(name)),
        IncludesIssues = IncludesIssues,
    };

    /// <summary>Opens the cluster and gives its backups.</summary>
    public IAsyncEnumerable<VeleroBackup> BackupsAsync(ClusterRequest request, IPipelineHost host, CancellationToken cancellationToken) =>
        OpenAsync(request, BackupsAsync, host, cancellationToken);

    /// <summary>Opens the cluster and gives its restores.</summary>
    public IAsyncEnumerable<VeleroRestore> RestoresAsync(ClusterRequest request, IPipelineHost host, CancellationToken cancellationToken) =>
        OpenAsync(request, RestoresAsync, host, cancellationToken);

    /// <summary>The backups of a cluster.</summary>
    public IAsyncEnumerable<VeleroBackup> BackupsAsync(ClusterConnection cluster, IPipelineHost host, CancellationToken cancellationToken) =>
        EachAsync(new VeleroReader(cluster, host).BackupsAsync(Filter, cancellationToken), cluster, "backup", host, cancellationToken);

    /// <summary>The restores of a cluster.</summary>
    public IAsyncEnumerable<VeleroRestore> RestoresAsync(ClusterConnection cluster, IPipelineHost host, CancellationToken cancellationToken) =>
        EachAsync(new VeleroReader(cluster, host).RestoresAsync(Filter, cancellationToken), cluster, "restore", host, cancellationToken);

    private static async IAsyncEnumerable<T> OpenAsync<T>(
        ClusterRequest request, Func<ClusterConnection, IPipelineHost, CancellationToken, IAsyncEnumerable<T>> each, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : VeleroOperation
    {
        var cluster = await request.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            await foreach (var one in each(cluster, host, cancellationToken).ConfigureAwait(false))
                yield return (T)((VeleroOperation)one with { Managed = request.Managed });
        }
    }

    private async IAsyncEnumerable<T> EachAsync<T>(IAsyncEnumerable<T> found, ClusterConnection cluster, string what, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : VeleroOperation
    {
        var missing = Names.Where(name => !name.IsWild).ToList();
        await foreach (var one in found.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            missing.RemoveAll(name => name.Matches(one.Name));
            yield return one;
        }

        foreach (var name in missing)
        {
            host.Error(new Failure
            {
                Id = $"{typeof(T).Name}NotFound",
                Kind = FailureKind.NotFound,
                Message = $"{cluster.Context.Name} has no {what} '{name.Text}' in the namespace {VeleroNamespace}.",
                Recommendation = $"Get-{typeof(T).Name} gives those that there are; what another cluster backed up comes with the next sync.",
                Target = name.Text,
            });
        }
    }
}
