using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Reads the catalog of systems.</summary>
internal static class SystemOperation
{
    public static async IAsyncEnumerable<UpgradeSystem> RunAsync(
        IReadOnlyList<NamePattern> names, string? path, ClusterRequest? cluster, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var catalog = (await new SystemRequest(null, path).OpenAsync(host, cancellationToken).ConfigureAwait(false)).Catalog;
        var all = path is not null && names.Count == 0 ? [.. catalog.All.Where(system => system.Name == catalog.Own!.Description.Name)] : catalog.All;
        foreach (var name in names.Where(name => !name.IsWild && !all.Any(system => name.Matches(system.Name))))
        {
            try
            {
                catalog.Get(name.Text);
            }
            catch (UpgradeException missing)
            {
                host.Error(missing.Failure, missing);
            }
        }

        var meant = all.Where(system => names.Count == 0 || names.Any(name => name.Matches(system.Name))).ToList();
        if (cluster is null)
        {
            foreach (var system in meant)
                yield return system;
            yield break;
        }

        var source = await cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            // A system that is named is shown as the cluster would have it; without a name, those that it has.
            var has = names.Count > 0 || path is not null
                ? [.. meant.Select(system => catalog.Get(system.Name))]
                : catalog.FindOn(await source.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false));
            foreach (var system in has)
                yield return await SystemView.OnAsync(source, system.Description, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fails when the system that is named is not there, or its file is wrong. Gives nothing.</summary>
    public static async IAsyncEnumerable<UpgradeSystem> CheckAsync(SystemRequest system, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await system.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        yield break;
    }
}
