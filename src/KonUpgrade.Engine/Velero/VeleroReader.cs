using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Engine.Velero.Results;
using KonUpgrade.Engine.Velero.Server;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero;

/// <summary>Gives the backups and restores of a cluster.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="reporter">Told what can't be seen.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class VeleroReader(ClusterConnection cluster, IReporter reporter, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Gives backups, with where they are kept.</summary>
    /// <exception cref="UpgradeException">VeleroNotInstalled, or the cluster can't be asked.</exception>
    public async IAsyncEnumerable<VeleroBackup> BackupsAsync(VeleroFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        IReadOnlyList<VeleroLocation>? locations = null;
        await foreach (var backup in ListAsync(VeleroResources.Backups, VeleroView.Backup, filter, cancellationToken).ConfigureAwait(false))
        {
            locations ??= await LocationsAsync(filter.VeleroNamespace, cancellationToken).ConfigureAwait(false);
            var location = locations.FirstOrDefault(one => one.Name == backup.StorageLocation);
            yield return backup with { Bucket = location?.Bucket, Prefix = location?.Prefix };
        }
    }

    /// <summary>Gives restores.</summary>
    /// <exception cref="UpgradeException">VeleroNotInstalled, or the cluster can't be asked.</exception>
    public IAsyncEnumerable<VeleroRestore> RestoresAsync(VeleroFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return ListAsync(VeleroResources.Restores, VeleroView.Restore, filter, cancellationToken);
    }

    /// <summary>The names of the storage locations, with how they stand, for who chooses one.</summary>
    public async Task<IReadOnlyList<(string Name, string Standing)>> LocationNamesAsync(string veleroNamespace, CancellationToken cancellationToken) =>
        [.. (await LocationsAsync(veleroNamespace, cancellationToken).ConfigureAwait(false)).Select(one => (one.Name, $"{one.Address}, {one.Phase}{(one.IsReadOnly ? ", ReadOnly" : "")}"))];

    private async IAsyncEnumerable<T> ListAsync<T>(
        ApiResource resource, Func<KubernetesObject, VeleroPlace, T> view, VeleroFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : VeleroOperation
    {
        var place = new VeleroPlace(cluster.Context.Name, (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid);
        var results = new VeleroResults(cluster, reporter, _time);
        await foreach (var found in FoundAsync(resource, filter.VeleroNamespace, cancellationToken).ConfigureAwait(false))
        {
            T one;
            using (found)
            {
                if (filter.Name?.Invoke(found.Name) == false)
                    continue;
                one = view(found, place);
            }

            if (filter.IncludesIssues)
                one = await results.AddAsync(one, cancellationToken).ConfigureAwait(false);
            yield return (T)((VeleroOperation)one with { Failure = VeleroFailures.Of(one) });
        }
    }

    private async IAsyncEnumerable<KubernetesObject> FoundAsync(ApiResource resource, string veleroNamespace, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = cluster.Client.ListAsync(resource, new ListOptions { Namespace = veleroNamespace }, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (found.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await found.MoveNextAsync().ConfigureAwait(false))
                        yield break;
                }
                catch (KubernetesApiException e) when (e.StatusCode == 404)
                {
                    // Where the kind is served after all, the server's own words stand.
                    await new VeleroServer(cluster, veleroNamespace, reporter, _time).RequireInstalledAsync(cancellationToken).ConfigureAwait(false);
                    throw;
                }

                yield return found.Current;
            }
        }
    }

    private async Task<IReadOnlyList<VeleroLocation>> LocationsAsync(string veleroNamespace, CancellationToken cancellationToken)
    {
        try
        {
            return await new VeleroServer(cluster, veleroNamespace, reporter, _time).LocationsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException e) when (e.StatusCode is 403 or 404)
        {
            reporter.Verbose($"Where backups of {cluster.Context.Name} are kept is not known. {e.Failure.Message}");
            return [];
        }
    }
}
