using System.Text.Json.Nodes;
using System.Threading.Channels;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>
/// Sets to work what works unseen in a cluster: CRDs are established, deleted namespaces and CRDs are emptied, and what
/// has lost its owners is collected. One task does it all, in the order in which things happen.
/// </summary>
internal sealed class ControllerLoop : IAsyncDisposable
{
    private readonly SimulatedCluster _cluster;
    private readonly GarbageCollector _collector;
    private readonly ContentDeletion _contents;
    private readonly Channel<(DateTime Due, Action Work)> _work = Channel.CreateUnbounded<(DateTime, Action)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public ControllerLoop(SimulatedCluster cluster)
    {
        _cluster = cluster;
        _collector = new GarbageCollector(cluster);
        _contents = new ContentDeletion(cluster, Later);
    }

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>A CRD waits to be served.</summary>
    public void Establish(string name) => Later(_cluster.Settings.EstablishDelay, () => _cluster.Definitions.Establish(name));

    public void NamespaceChanged(string name, bool terminating)
    {
        if (terminating) _contents.EmptyNamespaceLater(name, _cluster.Settings.FinalizeDelay);
        else ClusterContent.FillNamespace(_cluster, name);
    }

    /// <summary>An object names owners: it goes again when none of them exists.</summary>
    public void Owned(ApiResource resource, string key) => Later(_cluster.Settings.CollectDelay, () => _collector.CollectOrphaned(resource, key));

    /// <summary>An object waits for its end.</summary>
    public void Terminating(ApiResource resource, string key)
    {
        if (resource is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" }) Later(_cluster.Settings.FinalizeDelay, () => _contents.EmptyDefinition(key));
        Later(_cluster.Settings.CollectDelay, () => _collector.FollowDeletion(resource, key));
    }

    /// <summary>A volume or claim that is to go is not in use any more.</summary>
    public void Unprotect(ApiResource resource, string key, string finalizer)
        => Later(_cluster.Settings.CollectDelay, () => _collector.Release(_cluster.Catalog.InStorage(resource), key, finalizer));

    /// <summary>An object is gone.</summary>
    public void Removed(JsonObject item)
    {
        string uid = Metadata.Uid(item);
        string[] owners = [.. Metadata.OwnerReferences(item).Select(owner => Metadata.Text(owner, "uid"))];
        if (_cluster.Store.Dependents(uid).Count > 0)
        {
            Later(_cluster.Settings.CollectDelay, () =>
            {
                foreach ((Collection collection, StoredObject dependent) in _cluster.Store.Dependents(uid))
                {
                    if (_cluster.Catalog.InStorage(collection) is { } resource) _collector.CollectOrphaned(resource, dependent.Key);
                }
            });
        }
        // The owner may be waiting for this one in a foreground deletion.
        foreach (string owner in owners) Later(TimeSpan.Zero, () => _collector.FollowOwner(owner, item));
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
                    await _cluster.Settings.Log.WriteLineAsync($"{_cluster.Name}: a controller failed: {unexpected}");
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }
}
