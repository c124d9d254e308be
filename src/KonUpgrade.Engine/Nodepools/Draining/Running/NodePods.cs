using System.Threading.Channels;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Pods;

namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>The pods of one node, followed by one watch as its kubelet does it.</summary>
internal sealed class NodePods(KubernetesClient client, string node, string? selector)
{
    private readonly object _lock = new();
    private readonly Dictionary<(string Namespace, string Name), WatchedPod> _pods = [];
    private readonly Channel<WatchedPod> _arrivals = Channel.CreateUnbounded<WatchedPod>();
    private readonly TaskCompletionSource<IReadOnlyList<WatchedPod>> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Those that were there when the watch began.</summary>
    public Task<IReadOnlyList<WatchedPod>> First => _first.Task;

    /// <summary>Those that came since.</summary>
    public ChannelReader<WatchedPod> Arrivals => _arrivals.Reader;

    /// <summary>Follows them until the token is cancelled or the watch can't go on.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            var options = new WatchOptions { LabelSelector = selector, FieldSelector = Fields };
            await foreach (var change in client.WatchAsync(CoreResources.Pods, options, cancellationToken).ConfigureAwait(false))
            {
                using (change.Object)
                    Take(change);
            }
        }
        catch (Exception e)
        {
            _first.TrySetException(e);
            // Who waits for nothing but this must not wait for ever; the failure is told once, by this task.
            _ = _first.Task.Exception;
            throw;
        }
    }

    /// <summary>Reads them anew: what a watch tells comes a moment later than what happens.</summary>
    /// <returns>Those that are there, followed ones and new ones.</returns>
    public async Task<IReadOnlyList<WatchedPod>> ReadAsync(CancellationToken cancellationToken)
    {
        var found = new List<WatchedPod>();
        await foreach (var pod in client.ListAsync(CoreResources.Pods, new ListOptions { LabelSelector = selector, FieldSelector = Fields }, cancellationToken).ConfigureAwait(false))
        {
            using (pod)
                found.Add(Track(PodFacts.Of(pod), out _));
        }
        return found;
    }

    private string Fields => $"spec.nodeName={node}";

    private void Take(WatchEvent change)
    {
        if (change.Type == WatchEventType.Synced)
        {
            lock (_lock)
                _first.TrySetResult([.. _pods.Values]);
            return;
        }
        if (change.Type == WatchEventType.Deleted || change.Object is null)
        {
            lock (_lock)
            {
                var key = (change.Namespace ?? "", change.Name);
                if (!_pods.TryGetValue(key, out var gone) || (change.Uid is { } uid && gone.Facts.Uid != uid))
                    return;
                _pods.Remove(key);
                gone.End();
            }
            return;
        }
        var pod = Track(PodFacts.Of(change.Object), out var isNew);
        if (isNew && _first.Task.IsCompleted)
            _arrivals.Writer.TryWrite(pod);
    }

    private WatchedPod Track(PodFacts facts, out bool isNew)
    {
        lock (_lock)
        {
            var key = (facts.Namespace, facts.Name);
            if (_pods.TryGetValue(key, out var known))
            {
                if (known.Facts.Uid == facts.Uid)
                {
                    known.Update(facts);
                    isNew = false;
                    return known;
                }
                known.End();
            }
            isNew = true;
            return _pods[key] = new WatchedPod(facts);
        }
    }
}
