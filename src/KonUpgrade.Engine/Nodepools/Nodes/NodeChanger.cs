using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Nodes;

/// <summary>Takes nodes out of use and gives them back, each only as it was looked at.</summary>
internal sealed class NodeChanger(KubernetesClient client, IReporter reporter, TimeProvider time)
{
    /// <summary>Cordons and taints a node.</summary>
    /// <returns>Cordoned, Unchanged, Gone or Failed.</returns>
    public Task<NodeChange> SuspendAsync(string node, CancellationToken cancellationToken) =>
        ChangeAsync(node, NodeSuspension.Suspend, NodeChangeAction.Cordoned, "cordoned and tainted", cancellationToken);

    /// <summary>Puts back what was ours.</summary>
    /// <returns>Resumed, Unchanged, Gone or Failed.</returns>
    public Task<NodeChange> ResumeAsync(string node, CancellationToken cancellationToken) =>
        ChangeAsync(node, NodeSuspension.Resume, NodeChangeAction.Resumed, "put back to what it was", cancellationToken);

    private async Task<NodeChange> ChangeAsync(string name, Func<KubernetesObject, byte[]?> change, NodeChangeAction done, string word, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(RetryPolicy.Conflicts, time);
        try
        {
            while (true)
            {
                TimeSpan delay;
                using var node = await client.GetAsync(CoreResources.Nodes, null, name, cancellationToken).ConfigureAwait(false);
                if (node is null)
                    return new NodeChange { Name = name, Action = NodeChangeAction.Gone };
                if (change(node) is not { } patch)
                    return new NodeChange { Name = name, Action = NodeChangeAction.Unchanged };
                try
                {
                    using var changed = await client.PatchAsync(CoreResources.Nodes, null, name, PatchKind.Merge, patch, new WriteOptions(), cancellationToken).ConfigureAwait(false);
                    reporter.Verbose($"Node {name} is {word}.");
                    return new NodeChange { Name = name, Action = done };
                }
                catch (KubernetesApiException e) when (e.StatusCode == 409 && backoff.TryNext(e.RetryAfter, out delay))
                {
                    reporter.Verbose($"Node {name} was changed meanwhile; it is looked at again.");
                }
                catch (KubernetesApiException e) when (e.StatusCode == 404)
                {
                    return new NodeChange { Name = name, Action = NodeChangeAction.Gone };
                }
                await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (UpgradeException e)
        {
            return new NodeChange { Name = name, Action = NodeChangeAction.Failed, Failures = [e.Failure] };
        }
    }
}
