using System.Collections.Concurrent;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Draining.Filters;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Planning;

/// <summary>The DaemonSets that pods say they belong to, each looked up once.</summary>
internal sealed class DaemonSets(KubernetesClient client)
{
    private const int AtOnce = 8;

    private readonly ConcurrentDictionary<(string Namespace, string Name), DaemonSetState> _states = new();

    /// <summary>What is known by now.</summary>
    public IReadOnlyDictionary<(string Namespace, string Name), DaemonSetState> Known => _states;

    /// <summary>Looks up those of some pods that are not known yet.</summary>
    public Task LookAsync(IEnumerable<PodFacts> pods, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        pods.Where(pod => pod.Controller is { IsDaemonSet: true } && !pod.IsFinished).Select(pod => (pod.Namespace, pod.Controller!.Name)).Distinct().Where(key => !_states.ContainsKey(key)).ToList(),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (key, token) => _states[key] = await LookAsync(key.Namespace, key.Name, token).ConfigureAwait(false));

    private async Task<DaemonSetState> LookAsync(string ns, string name, CancellationToken cancellationToken)
    {
        try
        {
            using var found = await client.GetAsync(CoreResources.DaemonSets, ns, name, cancellationToken).ConfigureAwait(false);
            return found is null ? DaemonSetState.Missing : DaemonSetState.Found;
        }
        catch (UpgradeException e)
        {
            return DaemonSetState.Unknown(e.Failure);
        }
    }
}
