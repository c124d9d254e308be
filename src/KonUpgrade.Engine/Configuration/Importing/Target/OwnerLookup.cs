using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>Finds the owners of imported objects on the target.</summary>
internal sealed class OwnerLookup(KubernetesClient client, TargetServices services, ImportLedger ledger)
{
    // Owners outside the import, each asked for once.
    private readonly ReadOnce<(ApiResource Resource, ObjectKey Key), string?> _outside = new(async (owner, token) =>
    {
        using var o = await client.GetAsync(owner.Resource, owner.Key.Namespace, owner.Key.Name, token).ConfigureAwait(false);
        return o?.Uid;
    });

    /// <summary>For a dry run: which of an object's owners come with the import; null where none does.</summary>
    public string? PlannedOf(ImportItem item, IReadOnlyList<TargetOwner> found)
    {
        var planned = found.Where(owner => ImportItem.OwnerKeys(owner.Reference, item.Key.Namespace)
            .Any(ledger.IsPlanned)).Select(owner => $"{owner.Reference.Kind} {owner.Reference.Name}").ToList();
        return planned.Count == 0 ? null : $"Its owner {string.Join(" and ", planned)} comes with this import.";
    }

    /// <summary>The owners of an object as the target knows them, or why one of them is missing.</summary>
    public async Task<(IReadOnlyList<TargetOwner> Owners, Failure? Missing)> FindAsync(ImportItem item, CancellationToken cancellationToken)
    {
        if (item.Owners.Count == 0)
            return ([], null);
        var found = new List<TargetOwner>(item.Owners.Count);
        foreach (var owner in item.Owners)
        {
            var what = $"{owner.ApiVersion} {owner.Kind} {owner.Name}";
            if (services.OwnerResource(owner) is not { } resource)
                return ([], ImportFailures.OwnerMissing(item, what, "is of a kind that the target does not serve"));
            var key = new ObjectKey(resource.Group, owner.Kind, resource.Namespaced ? item.Key.Namespace : null, owner.Name);
            var outcome = ledger.OutcomeOf(key);
            if (outcome is { Action: ClusterConfigChangeAction.Failed, Uid: null })
                return ([], ImportFailures.OwnerMissing(item, what, $"could not be imported: {outcome.Reason}"));
            var uid = outcome?.Uid ?? (services.IsPlanned(resource) ? null : await _outside.GetAsync((resource, key), cancellationToken).ConfigureAwait(false));
            if (uid is null)
                return ([], ImportFailures.OwnerMissing(item, what, outcome is null ? "is neither in the import nor on the target" : $"is not on the target: {outcome.Reason}"));
            found.Add(new TargetOwner(owner, resource.ApiVersion, uid));
        }
        return (found, null);
    }
}
