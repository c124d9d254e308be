using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Nodes;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Engine.Workloads.Budgets;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Planning;

/// <summary>Reads what a drain depends on. Nothing is written.</summary>
internal sealed class DrainSurvey(KubernetesClient client, ApiCatalog catalog, DaemonSets daemonSets, IReporter reporter)
{
    /// <summary>Reads the cluster.</summary>
    /// <param name="pool">The label selector of the nodes that are to be drained.</param>
    /// <param name="options">Which pods are meant.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<DrainFacts> ReadAsync(string pool, DrainOptions options, CancellationToken cancellationToken)
    {
        var leaving = await NodesAsync(client, pool, cancellationToken).ConfigureAwait(false);
        var names = leaving.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        var all = await NodesAsync(client, null, cancellationToken).ConfigureAwait(false);
        var selector = LabelSelector.Read(options.PodSelector);
        List<PodFacts> pods = [], others = [];
        await foreach (var o in client.ListAsync(CoreResources.Pods, ListOptions.All, cancellationToken).ConfigureAwait(false))
        {
            using (o)
            {
                var pod = PodFacts.Of(o);
                if (pod.Node is null)
                    continue;
                if (!names.Contains(pod.Node))
                    others.Add(pod);
                else if (selector is null || selector.Matches(pod.Labels))
                    pods.Add(pod);
            }
        }
        await daemonSets.LookAsync(pods, cancellationToken).ConfigureAwait(false);
        return new DrainFacts
        {
            Leaving = leaving,
            Staying = [.. all.Where(node => !names.Contains(node.Name))],
            Pods = pods,
            OtherPods = others,
            Budgets = await BudgetsAsync(cancellationToken).ConfigureAwait(false),
            DaemonSets = daemonSets.Known,
        };
    }

    /// <summary>The nodes that a selector selects, or all.</summary>
    public static async Task<IReadOnlyList<NodeFacts>> NodesAsync(KubernetesClient client, string? selector, CancellationToken cancellationToken)
    {
        var nodes = new List<NodeFacts>();
        await foreach (var node in client.ListAsync(CoreResources.Nodes, new ListOptions { LabelSelector = selector }, cancellationToken).ConfigureAwait(false))
        {
            using (node)
                nodes.Add(NodeFacts.Of(node));
        }
        return nodes;
    }

    private async Task<IReadOnlyList<PodBudget>> BudgetsAsync(CancellationToken cancellationToken)
    {
        var budgets = new List<PodBudget>();
        if (PodBudget.ResourceOf(catalog) is not { } resource)
            return budgets;
        try
        {
            await foreach (var budget in client.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
            {
                using (budget)
                    budgets.Add(PodBudget.Of(budget));
            }
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403)
        {
            // Draining needs no such right: the server asks the budgets itself.
            reporter.Warning($"{client.Target}: PodDisruptionBudgets may not be read, so that none is in the plan. {e.Failure.Message}");
        }
        return budgets;
    }
}
