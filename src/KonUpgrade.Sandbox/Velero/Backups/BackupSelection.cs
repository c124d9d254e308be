using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Storage;
using KonUpgrade.Sandbox.Velero.Buckets;
using KonUpgrade.Sandbox.Velero.Selecting;

namespace KonUpgrade.Sandbox.Velero.Backups;

/// <summary>What a backup takes of a cluster, as it is at one moment.</summary>
internal sealed class BackupSelection
{
    private const string ExcludeLabel = "velero.io/exclude-from-backup";

    // Pods before the claims that they use, claims before their volumes, and then all else.
    private static readonly string[] First = ["pods", "persistentvolumeclaims", "persistentvolumes"];

    private readonly SimulatedCluster _cluster;
    private readonly NameFilter _namespaces;
    private readonly LabelFilter _labels;
    private readonly KindSelection _kinds;
    private readonly Dictionary<string, ApiResource> _served;
    private readonly Dictionary<string, ArchivedItem> _taken = new(StringComparer.Ordinal);

    private BackupSelection(SimulatedCluster cluster, JsonObject spec)
    {
        _cluster = cluster;
        _namespaces = Namespaces(spec);
        _labels = new LabelFilter(spec);
        _kinds = new KindSelection(cluster.Catalog, spec, _namespaces.IncludesEverything);
        _served = Served(cluster);
    }

    public static NameFilter Namespaces(JsonObject spec) => new(Metadata.Strings(spec, "includedNamespaces"), Metadata.Strings(spec, "excludedNamespaces"));

    /// <summary>All that is selected, and what belongs to it.</summary>
    public static IReadOnlyList<ArchivedItem> Of(SimulatedCluster cluster, JsonObject spec)
    {
        var selection = new BackupSelection(cluster, spec);
        selection.TakeAll();
        return [.. selection._taken.Values
            .OrderBy(item => Array.IndexOf(First, item.Resource) is var at && at < 0 ? First.Length : at)
            .ThenBy(item => item.Resource.Contains('.', StringComparison.Ordinal))
            .ThenBy(item => item.Path, StringComparer.Ordinal)];
    }

    // Each kind once, in the group version that the server prefers.
    private static Dictionary<string, ApiResource> Served(SimulatedCluster cluster)
    {
        var served = new Dictionary<string, ApiResource>(StringComparer.Ordinal);
        foreach (IGrouping<Collection, ApiResource> kind in cluster.Catalog.Resources.GroupBy(resource => resource.Collection))
        {
            ApiResource stored = cluster.Catalog.InStorage(kind.First());
            ApiResource preferred = cluster.Catalog.FindPreferred(stored.Group, stored.Plural) ?? stored;
            if (((string[])["list", "create", "get", "delete"]).All(preferred.Verbs.Contains)) served[KindNames.Of(preferred)] = preferred;
        }
        return served;
    }

    private void TakeAll()
    {
        foreach ((string name, ApiResource kind) in _served)
        {
            bool all = kind.Namespaced ? _kinds.TakesNamespaced(name) : _kinds.ScopeOf(name) == ClusterScope.All;
            if (!all) continue;
            foreach (StoredObject stored in _cluster.Store.Snapshot(kind.Collection).Objects)
            {
                if (kind.Namespaced && !_namespaces.Includes(stored.Namespace.ToString())) continue;
                JsonObject item = kind.Read(stored);
                if (_labels.Matches(item)) Take(name, item);
            }
        }
        if (_kinds.ScopeOf("namespaces") != ClusterScope.None)
        {
            HashSet<string> filled = [.. _taken.Values.Select(item => item.Namespace)];
            foreach (StoredObject stored in _cluster.Store.Snapshot(_served["namespaces"].Collection).Objects)
            {
                JsonObject item = _served["namespaces"].Read(stored);
                if (_namespaces.Includes(stored.Key) && (_labels.Matches(item) || filled.Contains(stored.Key))) Take("namespaces", item);
            }
        }
    }

    private void Take(string kind, JsonObject item)
    {
        if (Metadata.IsTerminating(item) || Fields.Texts(item["metadata"], "labels").GetValueOrDefault(ExcludeLabel) == "true") return;
        var archived = new ArchivedItem(kind, Metadata.Namespace(item), Metadata.Name(item), item);
        if (!_taken.TryAdd(archived.Path, archived)) return;
        foreach ((string other, string name) in Related(archived)) TakeRelated(other, archived.Namespace, name);
    }

    private void TakeRelated(string kind, string @namespace, string name)
    {
        if (!_served.TryGetValue(kind, out ApiResource? served)) return;
        if (served.Namespaced ? !_kinds.TakesNamespaced(kind) : _kinds.ScopeOf(kind) == ClusterScope.None) return;
        if (_cluster.Store.Find(served.Collection, StoredObject.KeyOf(served.Namespaced ? @namespace : string.Empty, name)) is { } stored) Take(kind, served.Read(stored));
    }

    // What a thing needs, whatever the labels say.
    private IEnumerable<(string Kind, string Name)> Related(ArchivedItem item)
    {
        switch (item.Resource)
        {
            case "pods":
                foreach (JsonObject volume in Fields.Objects(item.Object["spec"], "volumes"))
                {
                    if (Fields.Text(volume["persistentVolumeClaim"], "claimName") is { Length: > 0 } claim) yield return ("persistentvolumeclaims", claim);
                }
                break;
            case "persistentvolumeclaims":
                if (Fields.Text(item.Object["spec"], "volumeName") is { Length: > 0 } volumeName) yield return ("persistentvolumes", volumeName);
                break;
            case "serviceaccounts":
                foreach ((string kind, string name) in Roles(item)) yield return (kind, name);
                break;
            default:
                if (_served.GetValueOrDefault(item.Resource) is { IsCustom: true }) yield return ("customresourcedefinitions.apiextensions.k8s.io", item.Resource);
                break;
        }
    }

    // What an account may do in the whole cluster.
    private IEnumerable<(string Kind, string Name)> Roles(ArchivedItem account)
    {
        const string bindings = "clusterrolebindings.rbac.authorization.k8s.io";
        if (!_served.TryGetValue(bindings, out ApiResource? kind)) yield break;
        foreach (StoredObject stored in _cluster.Store.Snapshot(kind.Collection).Objects)
        {
            JsonObject binding = kind.Read(stored);
            bool bound = Fields.Objects(binding, "subjects").Any(subject => Metadata.Text(subject, "kind") == "ServiceAccount"
                && Metadata.Text(subject, "name") == account.Name && Metadata.Text(subject, "namespace") == account.Namespace);
            if (!bound) continue;
            yield return (bindings, stored.Key);
            yield return ("clusterroles.rbac.authorization.k8s.io", Fields.Text(binding["roleRef"], "name"));
        }
    }
}
