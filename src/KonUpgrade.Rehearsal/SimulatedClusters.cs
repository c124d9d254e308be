using KonUpgrade.Engine.Connections;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Rehearsal;

/// <summary>What every rehearsal does with its clusters.</summary>
internal static class SimulatedClusters
{
    /// <summary>Puts objects on a cluster, in order, since a kind must be there before its objects, and in runs of one writer.</summary>
    /// <returns>How many of how many kinds.</returns>
    public static string Furnish(SandboxCluster cluster, IReadOnlyList<ClusterObject> objects)
    {
        for (var from = 0; from < objects.Count;)
        {
            var manager = objects[from].FieldManager;
            var run = objects.Skip(from).TakeWhile(o => o.FieldManager == manager).Select(o => o.Json).ToList();
            cluster.Seed(run, manager);
            from += run.Count;
        }

        return $"{RehearsalOutcome.Count(objects.Count, "object")} of {objects.Select(o => o.Kind).Distinct().Count()} kinds";
    }

    /// <summary>Logs in to a cluster.</summary>
    public static Task<ClusterConnection> ConnectAsync(SandboxHost sandbox, string context, CancellationToken cancellationToken) =>
        ClusterConnection.OpenAsync(new ClusterTarget(context, sandbox.KubeConfigPath), new ConnectionOptions(), NullReporter.Instance, cancellationToken);
}
