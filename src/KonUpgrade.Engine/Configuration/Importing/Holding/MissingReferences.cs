using System.Collections.Concurrent;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Holding;

/// <summary>
/// Names the Secrets and ConfigMaps that what was imported needs and the target does not have. What comes later in the
/// import, or is made from it, may bring them: so the change of an object that needs something of the kind is told last.
/// </summary>
internal sealed class MissingReferences(TargetNames names, ImportLedger ledger, string target, IReporter reporter)
{
    private readonly ConcurrentDictionary<ObjectKey, IReadOnlyList<ObjectKey>> _needs = new();
    private readonly ConcurrentQueue<(ImportItem Item, ClusterConfigChange Change)> _waiting = new();

    /// <summary>Takes in what an object needs, as far as the import has not brought it already.</summary>
    public void Learn(ImportItem item, KubernetesObject o)
    {
        var open = PodReferences.Of(o).Where(key => key.Kind != "PersistentVolumeClaim" && !ledger.HasBrought(key)).ToList();
        if (open.Count > 0)
            _needs[item.Key] = open;
    }

    /// <summary>Keeps a change back until everything has arrived, where its object needs something.</summary>
    /// <returns>False where it needs nothing, and its change is as it is.</returns>
    public bool Keep(ImportItem item, ClusterConfigChange change)
    {
        if (change.Action is not (ClusterConfigChangeAction.Created or ClusterConfigChangeAction.Updated or ClusterConfigChangeAction.Unchanged) || !_needs.ContainsKey(item.Key))
            return false;
        _waiting.Enqueue((item, change));
        return true;
    }

    /// <summary>The changes that were kept back, with what is missing.</summary>
    public async IAsyncEnumerable<ClusterConfigChange> ResolveAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        names.Forget();
        var without = 0;
        while (_waiting.TryDequeue(out var next))
        {
            var missing = new List<string>();
            var unknown = new List<string>();
            foreach (var key in _needs[next.Item.Key].OrderBy(k => k.Kind, StringComparer.Ordinal).ThenBy(k => k.Name, StringComparer.Ordinal))
            {
                if (ledger.HasBrought(key))
                    continue;
                var there = await names.HasAsync(key, cancellationToken).ConfigureAwait(false);
                if (there == false)
                    missing.Add($"{key.Kind} {key.Name}");
                else if (there is null)
                    unknown.Add($"{key.Kind} {key.Name}");
            }

            var change = next.Change;
            if (missing.Count > 0)
            {
                without++;
                change = change with { Missing = missing, Reason = Sentences.Join(change.Reason, $"It needs what is not on {target}: {string.Join(", ", missing)}.") };
            }

            if (unknown.Count > 0)
                change = change with { Reason = Sentences.Join(change.Reason, $"Whether {target} has what it needs can't be told: {string.Join(", ", unknown)}.") };
            yield return change;
        }

        if (without > 0)
            reporter.Warning($"{without} imported object(s) need Secrets or ConfigMaps that are not on {target}; Missing of each change names them.");
    }

    /// <summary>The changes that are still kept back, as they are: where nobody will resolve them any more.</summary>
    public IEnumerable<ClusterConfigChange> Release()
    {
        while (_waiting.TryDequeue(out var next))
            yield return next.Change;
    }
}
