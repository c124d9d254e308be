using System.Collections.Concurrent;
using System.Globalization;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>
/// Whether the workloads that lose pods are available again: as many of their replicas are ready as before, or as many
/// as they want by now, where that is less.
/// </summary>
internal sealed class WorkloadHealth(KubernetesClient client, TimeProvider time, IReporter reporter)
{
    private static readonly ApiResource[] s_kinds = [CoreResources.ReplicaSets, CoreResources.StatefulSets, CoreResources.Deployments];

    private readonly Dictionary<Workload, long> _before = [];

    /// <summary>Takes note of how many replicas are ready of the workloads that pods belong to.</summary>
    /// <param name="pods">The pods.</param>
    /// <param name="begunAt">
    /// Null where nothing has happened to them yet. Else replicas may be away since then, and as many as are wanted are taken
    /// for ready before; but for a Deployment that says that it was not available before that time either.
    /// </param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task RememberAsync(IEnumerable<PodFacts> pods, DateTimeOffset? begunAt, CancellationToken cancellationToken)
    {
        var owners = pods.Where(pod => !pod.IsFinished).Select(pod => (pod.Namespace, pod.Controller)).Where(owner => owner.Controller?.ApiVersion == "apps/v1")
            .Select(owner => new Workload(owner.Controller!.Kind, owner.Namespace, owner.Controller.Name)).ToHashSet();
        // ReplicaSets come first: they lead to Deployments.
        foreach (var kind in s_kinds)
        {
            await foreach (var o in client.ListAsync(kind, ListOptions.All, cancellationToken).ConfigureAwait(false))
            {
                using (o)
                {
                    var workload = new Workload(kind.Kind, o.Namespace ?? "", o.Name);
                    if (!owners.Contains(workload))
                        continue;
                    // Its Deployment answers for a ReplicaSet, also where that is replaced by another one meanwhile.
                    if (PodController.Of(o) is { Kind: "Deployment", ApiVersion: "apps/v1" } deployment)
                        owners.Add(workload with { Kind = "Deployment", Name = deployment.Name });
                    else
                        _before[workload] = begunAt is { } time && !WasUnavailable(o, time) ? Wanted(o) : Ready(o);
                }
            }
        }
    }

    /// <summary>Waits until all are available as they were.</summary>
    /// <returns>Those that are not, with why; none where all are.</returns>
    public async Task<IReadOnlyList<string>> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var lacking = new ConcurrentDictionary<Workload, string>(_before.Select(workload => KeyValuePair.Create(workload.Key, "it was not looked at")));
        if (lacking.IsEmpty)
            return [];
        using var over = new CancellationTokenSource(timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        var kinds = s_kinds.Where(kind => _before.Keys.Any(workload => workload.Kind == kind.Kind));
        try
        {
            await JointWork.RunAsync(kinds.Select<ApiResource, Func<Task>>(kind => () => FollowAsync(kind, lacking, stop.Token)), stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // What is lacking then is told.
        }
        return [.. lacking.OrderBy(workload => workload.Key.ToString(), StringComparer.Ordinal).Select(workload => $"{workload.Key}: {workload.Value}")];
    }

    // One watch for each kind ends when nothing of that kind is lacking.
    private async Task FollowAsync(ApiResource kind, ConcurrentDictionary<Workload, string> lacking, CancellationToken cancellationToken)
    {
        await foreach (var change in client.WatchAsync(kind, new WatchOptions(), cancellationToken).ConfigureAwait(false))
        {
            using (change.Object)
            {
                var workload = new Workload(kind.Kind, change.Namespace ?? "", change.Name);
                if (change.Type == WatchEventType.Synced)
                {
                    // What was not told is no longer there, and nothing waits for it.
                    foreach (var gone in lacking.Where(one => one.Key.Kind == kind.Kind && one.Value == "it was not looked at").ToList())
                        lacking.TryRemove(gone);
                }
                else if (_before.TryGetValue(workload, out var before))
                {
                    if (change.Type == WatchEventType.Deleted || change.Object is null || Lack(change.Object, before) is not { } lack)
                        lacking.TryRemove(workload, out _);
                    else if (!lacking.TryGetValue(workload, out var known) || known != lack)
                        Told(workload, lacking[workload] = lack);
                }
                if (!lacking.Keys.Any(one => one.Kind == kind.Kind))
                    return;
            }
        }
    }

    private void Told(Workload workload, string lack) => reporter.Verbose($"{workload} is waited for: {lack}.");

    private static string? Lack(KubernetesObject o, long before)
    {
        var wanted = Math.Min(before, Wanted(o));
        var ready = Ready(o);
        return ready >= wanted ? null : string.Create(CultureInfo.InvariantCulture, $"{ready} of its replicas are ready, and {wanted} were");
    }

    private static bool WasUnavailable(KubernetesObject o, DateTimeOffset time) => o.Root.Member("status"u8).Objects("conditions").Any(condition =>
        condition.Text("type") == "Available" && condition.Text("status") == "False" && condition.Time("lastTransitionTime") < time);

    private static long Wanted(KubernetesObject o) => o.Root.Member("spec"u8).Number("replicas") ?? 1;

    private static long Ready(KubernetesObject o) => o.Root.Member("status"u8).Number("readyReplicas") ?? 0;

    private sealed record Workload(string Kind, string Namespace, string Name)
    {
        public override string ToString() => $"{Kind} {Namespace}/{Name}";
    }
}
