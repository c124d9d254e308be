using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>
/// Namespaces that a controller on the target makes of objects of the import, such as Profiles: what lives in one waits until
/// it is there. Once one has not come in time, the others are only looked for: whoever makes them does not work.
/// </summary>
internal sealed class MadeNamespaces
{
    private readonly ImportLedger _ledger;
    private readonly ImportOptions _options;
    private readonly ReadOnce<string, string?> _lacks;
    private volatile bool _isLate;

    public MadeNamespaces(KubernetesClient client, TargetWaits waits, ImportLedger ledger, ImportOptions options, IReporter reporter)
    {
        _ledger = ledger;
        _options = options;
        _lacks = new(async (ns, token) =>
        {
            if (_isLate)
            {
                using var there = await client.GetAsync(CoreResources.Namespaces, null, ns, token).ConfigureAwait(false);
                return WhyNot(there);
            }
            reporter.Verbose($"{client.Target}: waiting for the namespace {ns}");
            var lack = await waits.UntilAsync(CoreResources.Namespaces, null, ns, WhyNot, token).ConfigureAwait(false);
            if (lack is null)
                return null;
            _isLate = true;
            return $"{lack} after {options.Timeout.TotalSeconds:0.###} s";
        });
    }

    /// <summary>Waits for the namespace of an object, where that is made from another object of the import.</summary>
    /// <returns>Null where it is there, or comes in its own right; or why it is not.</returns>
    public async Task<Failure?> WhyNotAsync(ImportItem item, CancellationToken cancellationToken)
    {
        if (_options.DryRun || item.Key.Namespace is not { } ns || _ledger.MakerOf(ns) is not { } maker)
            return null;
        return await _lacks.GetAsync(ns, cancellationToken).ConfigureAwait(false) is { } lack ? ImportFailures.NamespaceNotMade(item, $"{maker.Kind} {maker.Name}", lack) : null;
    }

    private static string? WhyNot(KubernetesObject? ns) =>
        ns is null ? "it is not there" : ns.Metadata.TryGetProperty("deletionTimestamp"u8, out _) ? "it is being deleted" : null;
}
