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
    /// <exception cref="UpgradeException">InvalidLabelSelector, or the cluster can't be asked.</exception>
    public async Task<DrainFacts> ReadAsync(string pool, DrainOptions options, CancellationToken cancellationToken)
    {
        var selector = LabelSelector.Read(options.PodSelector);
        var members = LabelSelector.Read(pool);
        // One list of all: of two, a node that comes or is labelled between them would be on neither side, or on the wrong one.
        var nodes = (await NodeList.ReadAsync(client, null, cancellationToken).ConfigureAwait(false)).ToLookup(node => members is null || members.Matches(node.Labels));
        var names = nodes[true].Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
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
            Leaving = [.. nodes[true]],
            Staying = [.. nodes[false]],
            Pods = pods,
            OtherPods = others,
            Budgets = await BudgetsAsync(cancellationToken).ConfigureAwait(false),
            DaemonSets = daemonSets.Known,
        };
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
