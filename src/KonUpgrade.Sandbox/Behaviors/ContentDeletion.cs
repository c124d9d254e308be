using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>Empties namespaces and CRDs that are to go, and lets them go when they are empty.</summary>
internal sealed class ContentDeletion(SimulatedCluster cluster, Action<TimeSpan, Action> later)
{
    private readonly ConcurrentDictionary<string, bool> _emptying = new(StringComparer.Ordinal);

    /// <summary>Empties a terminating namespace. Every change of it asks for that, the news written here as well: once is enough.</summary>
    public void EmptyNamespaceLater(string name, TimeSpan delay)
    {
        if (_emptying.TryAdd(name, true)) later(delay, () => EmptyNamespace(name));
    }

    private void EmptyNamespace(string name)
    {
        _emptying.TryRemove(name, out _);
        ApiResource namespaces = cluster.BuiltIn(string.Empty, "namespaces");
        if (cluster.Store.Find(namespaces.Collection, name) is not { Terminating: true } found) return;
        string uid = found.Uid;
        var remaining = new Dictionary<string, int>(StringComparer.Ordinal);
        var finalizers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ApiResource resource in cluster.Catalog.AllInStorage().Where(resource => resource.Namespaced))
        {
            foreach (StoredObject item in Within(resource, name))
            {
                cluster.Deletions.DeleteIfThere(resource, name, item.Name.ToString(), Propagation.Background);
                if (cluster.Store.Find(resource.Collection, item.Key) is not { } left) continue;
                // The core group has no name, and yet its dot.
                Count(remaining, $"{resource.Plural}.{resource.Group}");
                foreach (string finalizer in Metadata.Finalizers(resource.Read(left))) Count(finalizers, finalizer);
            }
        }
        cluster.Writes.ChangeStored(namespaces, name, item => Metadata.Uid(item) == uid && NamespaceLife.SetProgress(item, remaining, finalizers), statusManager: "kube-controller-manager");
        if (remaining.Count > 0)
        {
            // Something there has a finalizer of its own: look again when it may be done.
            EmptyNamespaceLater(name, TimeSpan.FromMilliseconds(100));
            return;
        }
        cluster.Writes.ChangeStored(namespaces, name, item =>
        {
            if (!Metadata.IsTerminating(item) || Metadata.Uid(item) != uid) return false;
            ((JsonObject)item["spec"]!).Remove("finalizers");
            return true;
        });
    }

    private static void Count(Dictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    /// <summary>Takes the objects of a terminating CRD away, and lets it go when none is left.</summary>
    public void EmptyDefinition(string name)
    {
        ApiResource definitions = cluster.BuiltIn("apiextensions.k8s.io", "customresourcedefinitions");
        if (cluster.Store.Find(definitions.Collection, name) is not { Terminating: true }) return;
        Collection objects = cluster.Definitions.Objects(name);
        if (cluster.Catalog.InStorage(objects) is { } resource)
        {
            foreach (StoredObject item in cluster.Store.Snapshot(objects).Objects)
                cluster.Deletions.DeleteIfThere(resource, item.Namespace.ToString(), item.Name.ToString(), Propagation.Background);
        }
        if (cluster.Store.Snapshot(objects).Objects.Count > 0)
        {
            later(TimeSpan.FromMilliseconds(100), () => EmptyDefinition(name));
            return;
        }
        cluster.Writes.ChangeStored(definitions, name, item =>
        {
            if (!Metadata.Finalizers(item).Contains(CustomResourceDefinitions.Finalizer)) return false;
            Metadata.RemoveFinalizer(item, CustomResourceDefinitions.Finalizer);
            return true;
        });
    }

    private List<StoredObject> Within(ApiResource resource, string @namespace)
    {
        System.Collections.Immutable.ImmutableSortedSet<StoredObject> objects = cluster.Store.Snapshot(resource.Collection).Objects;
        var found = new List<StoredObject>();
        string prefix = $"{@namespace}/";
        for (int i = Collection.LowerBound(objects, prefix); i < objects.Count && objects[i].Key.StartsWith(prefix, StringComparison.Ordinal); i++) found.Add(objects[i]);
        return found;
    }
}
