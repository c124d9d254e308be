using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>Follows owner references: what has lost its owners goes, and owners wait for what blocks their deletion.</summary>
internal sealed class GarbageCollector(SimulatedCluster cluster)
{
    /// <summary>Takes an object away when it has owners and none of them is there any more.</summary>
    public void CollectOrphaned(ApiResource resource, string key)
    {
        if (cluster.Store.Find(resource.Collection, key) is not { Terminating: false, Owners.Length: > 0 } found) return;
        JsonObject item = cluster.Catalog.InStorage(resource).Read(found);
        JsonObject[] owners = [.. Metadata.OwnerReferences(item)];
        JsonObject[] present = [.. owners.Where(owner => OwnerOf(owner, item) is not null)];
        if (present.Length == owners.Length)
        {
            // An owner that waits in the foreground wants this one gone first.
            if (present.Any(owner => OwnerOf(owner, item) is { } waiting && Metadata.Finalizers(waiting).Contains(ObjectDeletions.Foreground) && Metadata.IsTerminating(waiting)))
                cluster.Deletions.DeleteIfThere(resource, found.Namespace.ToString(), found.Name.ToString(), Propagation.Foreground, found.Uid);
            return;
        }
        if (present.Length == 0)
        {
            cluster.Deletions.DeleteIfThere(resource, found.Namespace.ToString(), found.Name.ToString(), null, found.Uid);
            return;
        }
        HashSet<string> kept = [.. present.Select(owner => Metadata.Text(owner, "uid"))];
        KeepOwners(cluster.Catalog.InStorage(resource), key, kept.Contains);
    }

    /// <summary>Does what a deletion still waits for: dependents to go (foreground) or to be let go (orphan).</summary>
    public void FollowDeletion(ApiResource resource, string key)
    {
        ApiResource storage = cluster.Catalog.InStorage(resource);
        if (cluster.Store.Find(storage.Collection, key) is not { Terminating: true } found) return;
        IReadOnlyList<string> finalizers = Metadata.Finalizers(storage.Read(found));
        if (finalizers.Contains(ObjectDeletions.Orphan))
        {
            foreach ((Collection collection, StoredObject dependent) in cluster.Store.Dependents(found.Uid))
            {
                if (cluster.Catalog.InStorage(collection) is { } kind) KeepOwners(kind, dependent.Key, uid => uid != found.Uid);
            }
            Release(storage, key, ObjectDeletions.Orphan);
        }
        if (!finalizers.Contains(ObjectDeletions.Foreground)) return;
        bool blocked = false;
        foreach ((Collection collection, StoredObject dependent) in cluster.Store.Dependents(found.Uid))
        {
            if (cluster.Catalog.InStorage(collection) is not { } kind) continue;
            if (!dependent.Terminating) cluster.Deletions.DeleteIfThere(kind, dependent.Namespace.ToString(), dependent.Name.ToString(), Propagation.Foreground, dependent.Uid);
            blocked |= cluster.Store.Find(collection, dependent.Key) is { } still && still.Owners.Any(owner => owner.Uid == found.Uid && owner.BlocksDeletion);
        }
        if (!blocked) Release(storage, key, ObjectDeletions.Foreground);
    }

    /// <summary>An owner may have waited for a dependent that is gone now.</summary>
    public void FollowOwner(string uid, JsonObject dependent)
    {
        JsonObject? reference = Metadata.OwnerReferences(dependent).FirstOrDefault(owner => Metadata.Text(owner, "uid") == uid);
        if (reference is null || FindKind(reference) is not { } resource) return;
        FollowDeletion(resource, StoredObject.KeyOf(resource.Namespaced ? Metadata.Namespace(dependent) : string.Empty, Metadata.Text(reference, "name")));
    }

    /// <summary>Takes a finalizer away.</summary>
    public void Release(ApiResource storage, string key, string finalizer)
        => cluster.Writes.ChangeStored(storage, key, item =>
        {
            if (!Metadata.Finalizers(item).Contains(finalizer)) return false;
            Metadata.RemoveFinalizer(item, finalizer);
            return true;
        });

    private void KeepOwners(ApiResource storage, string key, Func<string, bool> keep)
        => cluster.Writes.ChangeStored(storage, key, item =>
        {
            JsonObject[] owners = [.. Metadata.OwnerReferences(item)];
            JsonNode?[] kept = [.. owners.Where(owner => keep(Metadata.Text(owner, "uid"))).Select(owner => owner.DeepClone())];
            if (kept.Length == owners.Length) return false;
            if (kept.Length == 0) Metadata.Of(item).Remove("ownerReferences");
            else Metadata.Of(item)["ownerReferences"] = new JsonArray(kept);
            return true;
        });

    // The owner that a reference names, in the same namespace or the cluster, with the UID that it names.
    private JsonObject? OwnerOf(JsonObject reference, JsonObject dependent)
    {
        // A kind that is not served says nothing about its objects: the collector leaves what it cannot judge.
        if (FindKind(reference) is not { } resource) return reference;
        string key = StoredObject.KeyOf(resource.Namespaced ? Metadata.Namespace(dependent) : string.Empty, Metadata.Text(reference, "name"));
        StoredObject? owner = cluster.Store.Find(resource.Collection, key);
        return owner is not null && owner.Uid == Metadata.Text(reference, "uid") ? resource.Read(owner) : null;
    }

    private ApiResource? FindKind(JsonObject reference)
        => cluster.Catalog.FindKind(Metadata.Text(reference, "apiVersion"), Metadata.Text(reference, "kind"));
}
