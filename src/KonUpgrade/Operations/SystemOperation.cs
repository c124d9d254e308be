using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Reads the catalog of systems.</summary>
internal static class SystemOperation
{
    public static async IAsyncEnumerable<UpgradeSystem> RunAsync(
        IReadOnlyList<NamePattern> names, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var catalog = new SystemCatalog();
        var all = catalog.All;
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

        foreach (var system in all.Where(system => names.Count == 0 || names.Any(name => name.Matches(system.Name))))
            yield return system;
    }

    /// <summary>Fails when there is no system of that name. Gives nothing.</summary>
    public static async IAsyncEnumerable<UpgradeSystem> CheckAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        new SystemCatalog().Get(name);
        yield break;
    }
}
