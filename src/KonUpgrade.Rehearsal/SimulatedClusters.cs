using System.Net;
using KonUpgrade.Engine.Aws;
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

    /// <summary>Puts blue and green of a system into the state in which its upgrade begins, its people on blue.</summary>
    public static async Task LayAsync(RehearsedSystem system, SandboxHost sandbox, CancellationToken cancellationToken)
    {
        await system.PrepareAsync(sandbox, cancellationToken);
        foreach (var (_, cluster, objects) in system.Furniture(sandbox))
            Furnish(sandbox.Cluster(cluster), objects);
        if (system.Entrance is not null)
            await system.OpenAsync(sandbox, cancellationToken);
    }

    /// <summary>Logs in to a cluster: by the kubeconfig, or as one of EKS, whose node groups can be seen and made.</summary>
    public static async Task<ClusterConnection> ConnectAsync(SandboxHost sandbox, string cluster, bool onEks, CancellationToken cancellationToken)
    {
        var target = onEks ? await ManagedAsync(LoginOf(sandbox), cluster, cancellationToken) : new ClusterTarget(cluster, sandbox.KubeConfigPath);
        return await ClusterConnection.OpenAsync(target, new ConnectionOptions(), NullReporter.Instance, cancellationToken);
    }

    /// <summary>A cluster of EKS, by its name in the account.</summary>
    public static async Task<ClusterTarget> ManagedAsync(AwsOptions login, string cluster, CancellationToken cancellationToken)
    {
        using var clusters = new ManagedClusters(login, NullReporter.Instance);
        return new ClusterTarget(null, null) { Managed = await clusters.GetAsync(cluster, cancellationToken) };
    }

    /// <summary>The account's region, and the keys for it.</summary>
    public static AwsOptions LoginOf(SandboxHost sandbox) => new()
    {
        Region = sandbox.Eks!.Settings.Region,
        EndpointUrl = sandbox.Eks.Uri,
        Keys = new AwsKeys(sandbox.Eks.Settings.AccessKeyId, new NetworkCredential("", sandbox.Eks.Settings.SecretAccessKey).SecurePassword, null),
    };
}
