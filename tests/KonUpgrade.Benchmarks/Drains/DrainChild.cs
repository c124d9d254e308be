using System.Globalization;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Model;

namespace KonUpgrade.Benchmarks.Drains;

/// <summary>Our drain, in a measured process of its own, with the options that the cmdlet has by itself.</summary>
internal static class DrainChild
{
    public const string Verb = "child-drain";

    /// <summary>Takes the kubeconfig, the context, the pool's selector and, where it is tried, another number of nodes at once.</summary>
    public static Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var options = new DrainOptions();
        if (args.Count > 4)
            options = options with { ThrottleLimit = int.Parse(args[4], CultureInfo.InvariantCulture) };
        return Child.ReportAsync(() => DrainAsync(args[1], args[2], args[3], options));
    }

    private static async Task<long> DrainAsync(string kubeConfig, string context, string selector, DrainOptions options)
    {
        await using var cluster = await ClusterConnection.OpenAsync(new ClusterTarget(context, kubeConfig), new ConnectionOptions(), NullReporter.Instance, CancellationToken.None);
        var provider = new LabelledNodes(cluster, selector);
        var pool = (await provider.ListAsync(CancellationToken.None)).Single();
        var change = await new NodepoolDrainer(cluster, provider, pool, options, new Host()).RunAsync(CancellationToken.None);
        return change.Action == NodepoolChangeAction.Suspended ? change.PodCount : throw new InvalidOperationException(change.Failure?.ToString());
    }

    private sealed class Host : INodepoolHost
    {
        public Task<bool?> IsHealthyAsync(NodepoolBatch batch, CancellationToken cancellationToken) => Task.FromResult<bool?>(null);

        public void Progress(ProgressReport report) => NullReporter.Instance.Progress(report);

        public void Verbose(string message) => NullReporter.Instance.Verbose(message);

        public void Debug(string message) => NullReporter.Instance.Debug(message);

        public void Warning(string message) => NullReporter.Instance.Warning(message);

        public void Information(string message) => NullReporter.Instance.Information(message);
    }
}
