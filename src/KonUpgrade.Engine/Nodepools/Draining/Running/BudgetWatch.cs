using System.Collections.Concurrent;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Engine.Workloads.Budgets;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>Follows the budgets of a cluster, and lets pods ask theirs when it is worth while.</summary>
internal sealed class BudgetWatch : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, BudgetGate>> _gates = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly IReporter _reporter;
    private Task _following = Task.CompletedTask;

    private BudgetWatch(TimeProvider time, IReporter reporter)
    {
        _time = time;
        _reporter = reporter;
    }

    /// <summary>Begins to follow them; all that are there are known when this returns.</summary>
    public static async Task<BudgetWatch> StartAsync(KubernetesClient client, ApiCatalog catalog, TimeProvider time, IReporter reporter, CancellationToken cancellationToken)
    {
        var watch = new BudgetWatch(time, reporter);
        if (PodBudget.ResourceOf(catalog) is not { } resource)
            return watch;
        watch._following = Task.Run(() => watch.FollowAsync(client, resource), CancellationToken.None);
        try
        {
            await watch._synced.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await watch.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        return watch;
    }

    /// <summary>The budgets that the server asks before it lets a pod go.</summary>
    public IReadOnlyList<BudgetGate> Guarding(PodFacts pod)
    {
        if (pod.IsBeyondBudgets || !_gates.TryGetValue(pod.Namespace, out var gates))
            return [];
        return [.. gates.Values.Where(gate => gate.Budget is { } budget && budget.Selects(pod.Namespace, pod.Labels) && (pod.IsReady || !budget.SparesUnready))];
    }

    /// <summary>All budgets that select a pod, whether they are asked or not.</summary>
    public IReadOnlyList<BudgetGate> Selecting(PodFacts pod) => _gates.TryGetValue(pod.Namespace, out var gates)
        ? [.. gates.Values.Where(gate => gate.Budget?.Selects(pod.Namespace, pod.Labels) == true)]
        : [];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var gate in _gates.Values.SelectMany(gates => gates.Values))
            gate.Dispose();
        _stop.Dispose();
    }

    private async Task FollowAsync(KubernetesClient client, ApiResource resource)
    {
        try
        {
            await foreach (var change in client.WatchAsync(resource, new WatchOptions(), _stop.Token).ConfigureAwait(false))
            {
                using (change.Object)
                {
                    if (change.Type == WatchEventType.Synced)
                        _synced.TrySetResult();
                    else
                        GateOf(change.Namespace ?? "", change.Name).Update(change.Type == WatchEventType.Deleted || change.Object is null ? null : PodBudget.Of(change.Object));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It is no longer needed.
        }
        catch (UpgradeException e)
        {
            // The server asks the budgets itself; only when one has room again is then found by asking.
            _reporter.Verbose($"PodDisruptionBudgets are not followed; pods that they hold up are tried again every few seconds. {e.Failure.Message}");
        }
        finally
        {
            _synced.TrySetResult();
        }
    }

    private BudgetGate GateOf(string ns, string name) =>
        _gates.GetOrAdd(ns, _ => new ConcurrentDictionary<string, BudgetGate>(StringComparer.Ordinal)).GetOrAdd(name, _ => new BudgetGate(_time));
}
