using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>
/// What works unseen in a cluster: CRDs are established, deleted namespaces and CRDs are emptied, and what has lost its
/// owners is collected. One task does it all, in the order in which things happen.
/// </summary>
internal sealed class ControllerLoop(SimulatedCluster cluster) : IAsyncDisposable
{
    private readonly Channel<(DateTime Due, Action Work)> _work = Channel.CreateUnbounded<(DateTime, Action)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<string, bool> _emptying = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>A CRD waits to be served.</summary>
    public void Establish(string name) => Later(cluster.Settings.EstablishDelay, () => cluster.Definitions.Establish(name));

    public void NamespaceChanged(string name, bool terminating)
    {
        if (terminating) EmptyLater(name, cluster.Settings.FinalizeDelay);
        else ClusterContent.FillNamespace(cluster, name);
    }

    /// <summary>An object names owners: it goes again when none of them exists.</summary>
    public void Owned(ApiResource resource, string key) => Later(cluster.Settings.CollectDelay, () => CollectOrphaned(resource, key));

    /// <summary>An object waits for its end.</summary>
    public void Terminating(ApiResource resource, string key)
    {
        if (resource is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" }) Later(cluster.Settings.FinalizeDelay, () => EmptyDefinition(key));
        Later(cluster.Settings.CollectDelay, () => FollowDeletion(resource, key));
    }

    /// <summary>A volume or claim that is to go is not in use any more.</summary>
    public void Unprotect(ApiResource resource, string key, string finalizer)
        => Later(cluster.Settings.CollectDelay, () => Release(StorageResource(resource), key, finalizer));

    /// <summary>An object is gone.</summary>
    public void Removed(JsonObject item)
    {
        string uid = Metadata.Uid(item);
        string[] owners = [.. Metadata.OwnerReferences(item).Select(owner => Metadata.Text(owner, "uid"))];
        if (cluster.Store.Dependents(uid).Count > 0)
        {
            Later(cluster.Settings.CollectDelay, () =>
            {
                foreach ((Collection collection, StoredObject dependent) in cluster.Store.Dependents(uid))
                {
                    if (StorageOf(collection) is { } resource) CollectOrphaned(resource, dependent.Key);
                }
            });
        }
        // The owner may be waiting for this one in a foreground deletion.
        foreach (string owner in owners) Later(TimeSpan.Zero, () => FollowOwner(owner, item));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _work.Writer.TryComplete();
        await _running;
        _stop.Dispose();
    }

    private void Later(TimeSpan delay, Action work) => _work.Writer.TryWrite((DateTime.UtcNow + delay, work));

    private async Task RunAsync()
    {
        try
        {
            await foreach ((DateTime due, Action work) in _work.Reader.ReadAllAsync(_stop.Token))
            {
                TimeSpan wait = due - DateTime.UtcNow;
                if (wait > TimeSpan.Zero) await Task.Delay(wait, _stop.Token);
                try
                {
                    work();
                }
                catch (ApiError)
                {
                    // What a controller may not do just now, such as to delete what is protected, it leaves.
                }
                catch (Exception unexpected)
                {
                    // A fault of the sandbox itself: it must not take all other work with it.
                    await cluster.Settings.Log.WriteLineAsync($"{cluster.Name}: a controller failed: {unexpected}");
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    // Every change of a terminating namespace asks for it, the news that this one writes as well: once is enough.
    private void EmptyLater(string name, TimeSpan delay)
    {
        if (_emptying.TryAdd(name, true)) Later(delay, () => EmptyNamespace(name));
    }

    private void EmptyNamespace(string name)
    {
        _emptying.TryRemove(name, out _);
        ApiResource namespaces = cluster.BuiltIn(string.Empty, "namespaces");
        if (cluster.Store.Find(namespaces.Collection, name) is not { Terminating: true } found) return;
        string uid = found.Uid;
        var remaining = new Dictionary<string, int>(StringComparer.Ordinal);
        var finalizers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ApiResource resource in StorageVersions().Where(resource => resource.Namespaced))
        {
            foreach (StoredObject item in Within(resource, name))
            {
                Delete(resource, name, item.Name.ToString(), Propagation.Background);
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
            EmptyLater(name, TimeSpan.FromMilliseconds(100));
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

    private void EmptyDefinition(string name)
    {
        ApiResource definitions = cluster.BuiltIn("apiextensions.k8s.io", "customresourcedefinitions");
        if (cluster.Store.Find(definitions.Collection, name) is not { Terminating: true }) return;
        Collection objects = cluster.Definitions.Objects(name);
        if (StorageOf(objects) is { } resource)
        {
            foreach (StoredObject item in cluster.Store.Snapshot(objects).Objects)
                Delete(resource, item.Namespace.ToString(), item.Name.ToString(), Propagation.Background);
        }
        if (cluster.Store.Snapshot(objects).Objects.Count > 0)
        {
            Later(TimeSpan.FromMilliseconds(100), () => EmptyDefinition(name));
            return;
        }
        cluster.Writes.ChangeStored(definitions, name, item =>
        {
            if (!Metadata.Finalizers(item).Contains(CustomResourceDefinitions.Finalizer)) return false;
            Metadata.RemoveFinalizer(item, CustomResourceDefinitions.Finalizer);
            return true;
        });
    }

    // Takes an object away when it has owners and none of them is there any more.
    private void CollectOrphaned(ApiResource resource, string key)
    {
        if (cluster.Store.Find(resource.Collection, key) is not { Terminating: false, Owners.Length: > 0 } found) return;
        JsonObject item = StorageResource(resource).Read(found);
        JsonObject[] owners = [.. Metadata.OwnerReferences(item)];
        JsonObject[] present = [.. owners.Where(owner => OwnerOf(owner, item) is not null)];
        if (present.Length == owners.Length)
        {
            // An owner that waits in the foreground wants this one gone first.
            if (present.Any(owner => OwnerOf(owner, item) is { } waiting && Metadata.Finalizers(waiting).Contains(ObjectDeletions.Foreground) && Metadata.IsTerminating(waiting)))
                Delete(resource, found.Namespace.ToString(), found.Name.ToString(), Propagation.Foreground, found.Uid);
            return;
        }
        if (present.Length == 0)
        {
            Delete(resource, found.Namespace.ToString(), found.Name.ToString(), null, found.Uid);
            return;
        }
        HashSet<string> kept = [.. present.Select(owner => Metadata.Text(owner, "uid"))];
        KeepOwners(StorageResource(resource), key, kept.Contains);
    }

    // What a deletion still waits for: dependents to go (foreground) or to be let go (orphan).
    private void FollowDeletion(ApiResource resource, string key)
    {
        ApiResource storage = StorageResource(resource);
        if (cluster.Store.Find(storage.Collection, key) is not { Terminating: true } found) return;
        IReadOnlyList<string> finalizers = Metadata.Finalizers(storage.Read(found));
        if (finalizers.Contains(ObjectDeletions.Orphan))
        {
            foreach ((Collection collection, StoredObject dependent) in cluster.Store.Dependents(found.Uid))
            {
                if (StorageOf(collection) is { } kind) KeepOwners(kind, dependent.Key, uid => uid != found.Uid);
            }
            Release(storage, key, ObjectDeletions.Orphan);
        }
        if (!finalizers.Contains(ObjectDeletions.Foreground)) return;
        bool blocked = false;
        foreach ((Collection collection, StoredObject dependent) in cluster.Store.Dependents(found.Uid))
        {
            if (StorageOf(collection) is not { } kind) continue;
            if (!dependent.Terminating) Delete(kind, dependent.Namespace.ToString(), dependent.Name.ToString(), Propagation.Foreground, dependent.Uid);
            blocked |= cluster.Store.Find(collection, dependent.Key) is { } still && still.Owners.Any(owner => owner.Uid == found.Uid && owner.BlocksDeletion);
        }
        if (!blocked) Release(storage, key, ObjectDeletions.Foreground);
    }

    private void FollowOwner(string uid, JsonObject dependent)
    {
        JsonObject? reference = Metadata.OwnerReferences(dependent).FirstOrDefault(owner => Metadata.Text(owner, "uid") == uid);
        if (reference is null || FindKind(reference) is not { } resource) return;
        FollowDeletion(resource, StoredObject.KeyOf(resource.Namespaced ? Metadata.Namespace(dependent) : string.Empty, Metadata.Text(reference, "name")));
    }

    private void Release(ApiResource storage, string key, string finalizer)
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

    private void Delete(ApiResource resource, string @namespace, string name, Propagation? propagation, string uid = "")
    {
        try
        {
            cluster.Deletions.Delete(StorageResource(resource), @namespace, name, new DeleteOptions { Propagation = propagation, Uid = uid });
        }
        catch (ApiError error) when (error.Code is 404 or 409)
        {
            // Gone or replaced meanwhile: either way it is no longer the one.
        }
    }

    private List<StoredObject> Within(ApiResource resource, string @namespace)
    {
        System.Collections.Immutable.ImmutableSortedSet<StoredObject> objects = cluster.Store.Snapshot(resource.Collection).Objects;
        var found = new List<StoredObject>();
        string prefix = $"{@namespace}/";
        for (int i = Collection.LowerBound(objects, prefix); i < objects.Count && objects[i].Key.StartsWith(prefix, StringComparison.Ordinal); i++) found.Add(objects[i]);
        return found;
    }

    // Every kind once, in any version that the store's form can be read in.
    private IEnumerable<ApiResource> StorageVersions() => cluster.Catalog.Resources.GroupBy(resource => resource.Collection).Select(versions => StorageResource(versions.First()));

    private ApiResource? StorageOf(Collection collection)
        => cluster.Catalog.Resources.FirstOrDefault(resource => resource.Collection == collection) is { } any ? StorageResource(any) : null;

    private ApiResource StorageResource(ApiResource resource)
        => cluster.Catalog.Resources.FirstOrDefault(other => other.Collection == resource.Collection && other.ApiVersion == resource.StorageApiVersion) ?? resource;
}
