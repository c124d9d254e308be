using System.Globalization;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Waits until a cluster answers, is the one that is meant, and has enough nodes that are ready.</summary>
internal sealed class WaitForClusterWork : IStepWork
{
    private static readonly ApiResource s_nodes = new() { Group = "", Version = "v1", Kind = "Node", Plural = "nodes", Singular = "node", Namespaced = false };

    /// <inheritdoc/>
    public string Kind => StepKind.WaitForCluster;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var name = run.Target.Context.Name;
        var wanted = long.Parse(run.Value("nodes")!, CultureInfo.InvariantCulture);
        var result = await Waiting.ForAsync(
            run,
            async token =>
            {
                var version = await run.Target.Client.GetVersionAsync(token).ConfigureAwait(false);
                var ready = wanted > 0 ? await ReadyNodesAsync(run, token).ConfigureAwait(false) : 0;
                var text = $"{name} answers, {version.GitVersion}{(wanted > 0 ? string.Create(CultureInfo.InvariantCulture, $", {ready} of {wanted} nodes ready") : "")}";
                return (ready >= wanted, text);
            },
            cancellationToken).ConfigureAwait(false);
        return new StepResult(result);
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        var version = await run.Target.Client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        return new StepResult($"{run.Target.Context.Name} answers, {version.GitVersion}");
    }

    private static async Task<long> ReadyNodesAsync(StepRun run, CancellationToken cancellationToken)
    {
        long ready = 0;
        await foreach (var node in run.Target.Client.ListAsync(s_nodes, new ListOptions(), cancellationToken).ConfigureAwait(false))
        {
            using (node)
            {
                if (node.Root.Member("status").Objects("conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True"))
                    ready++;
            }
        }

        return ready;
    }
}
