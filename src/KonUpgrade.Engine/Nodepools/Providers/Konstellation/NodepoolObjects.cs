using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Providers.Konstellation;

/// <summary>The Nodepools of a cluster, and its ClusterConfig, read and written.</summary>
/// <param name="client">The cluster.</param>
/// <param name="catalog">What it serves.</param>
/// <param name="resource">The Nodepools.</param>
/// <param name="cluster">What EKS calls the cluster.</param>
internal sealed class NodepoolObjects(KubernetesClient client, ApiCatalog catalog, ApiResource resource, string cluster)
{
    private const string Group = "k11n.dev";

    /// <summary>The Nodepools that a cluster serves; null where it has no Konstellation.</summary>
    public static ApiResource? Served(ApiCatalog catalog) => catalog.FindPreferred(Group, "Nodepool");

    /// <summary>All of them, by name.</summary>
    /// <exception cref="UpgradeException">They may not be listed. That is no failure of the cluster as a whole: what else it has can be asked.</exception>
    public async Task<IReadOnlyDictionary<string, NodepoolObject>> ListAsync(CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, NodepoolObject>(StringComparer.Ordinal);
        try
        {
            await foreach (var o in client.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
            {
                using (o)
                    all[o.Name] = NodepoolObject.Read(o, cluster);
            }
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403)
        {
            throw new UpgradeException(e.Failure, e);
        }
        return all;
    }

    /// <summary>One of them; null where none has the name.</summary>
    public async Task<NodepoolObject?> FindAsync(string name, CancellationToken cancellationToken)
    {
        using var o = await client.GetAsync(resource, null, name, cancellationToken).ConfigureAwait(false);
        return o is null ? null : NodepoolObject.Read(o, cluster);
    }

    /// <summary>What the ClusterConfig tells: the one of the cluster's own name. One of another cluster is told by its name.</summary>
    public async Task<(ClusterFacts? Facts, IReadOnlyList<string> Others)> ClusterAsync(CancellationToken cancellationToken)
    {
        ClusterFacts? facts = null;
        var others = new List<string>();
        if (catalog.FindPreferred(Group, "ClusterConfig") is not { } configs)
            return (null, others);
        await foreach (var config in client.ListAsync(configs, ListOptions.All, cancellationToken).ConfigureAwait(false))
        {
            using (config)
            {
                if (config.Name == cluster)
                    facts = ClusterFacts.Read(config);
                else
                    others.Add(config.Name);
            }
        }
        return (facts, others);
    }

    /// <summary>Makes one whose node group is to be made next.</summary>
    /// <returns>Null where one has the name already.</returns>
    public async Task<NodepoolObject?> AnnounceAsync(string name, NodepoolShape shape, CancellationToken cancellationToken)
    {
        try
        {
            using var made = await client.CreateAsync(resource, null, JsonTree.Write(NodepoolObject.New(resource, name, shape)), new WriteOptions(), cancellationToken).ConfigureAwait(false);
            return NodepoolObject.Read(made, cluster);
        }
        catch (KubernetesApiException e) when (e.Reason == "AlreadyExists")
        {
            return null;
        }
    }

    /// <summary>Changes one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="patch">A merge patch.</param>
    /// <param name="dryRun">Whether the server only says whether it would.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task PatchAsync(string name, JsonObject patch, bool dryRun, CancellationToken cancellationToken)
    {
        using var patched = await client.PatchAsync(resource, null, name, PatchKind.Merge, JsonTree.Write(patch), new WriteOptions { DryRun = dryRun }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes into its status which Auto Scaling group it has, as kon does.</summary>
    public async Task WriteScalingGroupAsync(NodepoolObject pool, string scalingGroup, int ready, CancellationToken cancellationToken)
    {
        var status = new JsonObject { ["aws"] = new JsonObject { ["asgId"] = scalingGroup } };
        if (!pool.HasReadyCount)
            status["numReady"] = ready;
        using var patched = await client.PatchAsync(
            resource, null, pool.Name, PatchKind.Merge, JsonTree.Write(new JsonObject { ["status"] = status }), new WriteOptions(), cancellationToken, "status").ConfigureAwait(false);
    }

    /// <summary>Deletes one: this one, whatever has its name since.</summary>
    public async Task DeleteAsync(NodepoolObject pool, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteAsync(resource, null, pool.Name, new DeleteOptions { Uid = pool.Uid }, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException e) when (e.StatusCode == 409)
        {
            // Another one has the name by now: this one is gone.
        }
    }
}
