using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;

namespace KonUpgrade.Engine.Configuration.Importing.Holding;

/// <summary>
/// Which claims of a workload the target does not have. What runs without its data would begin anew with an empty volume,
/// and the data that comes later finds its place taken.
/// </summary>
/// <param name="volumes">Which claims it needs.</param>
/// <param name="names">Which ones are there.</param>
/// <param name="ledger">Which ones came with the import.</param>
/// <param name="target">The target's name.</param>
internal sealed class ClaimLookup(ImportVolumes volumes, TargetNames names, ImportLedger ledger, string target)
{
    /// <summary>The claims that are missing; null where none is.</summary>
    public async Task<MissingClaims?> MissingOfAsync(KubernetesObject o, CancellationToken cancellationToken)
    {
        var missing = new List<ObjectKey>();
        foreach (var claim in volumes.ClaimsOf(o).Where(claim => !ledger.HasBrought(claim)))
        {
            // Where it can't be told, it is taken for missing: what is held can be resumed, data that is shadowed can't be found.
            if (await names.HasAsync(claim, cancellationToken).ConfigureAwait(false) != true)
                missing.Add(claim);
        }

        return missing.Count == 0 ? null : new MissingClaims(missing, target);
    }
}
