using KonUpgrade.Sandbox.Eks.Nodegroups;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Eks;

/// <summary>
/// The sandbox's EKS: where it is served, the key for it, and what no client of the service can do — a machine that is
/// lost, an autoscaler's wish, a life that goes wrong. Requests are struck by the sandbox's <see cref="SandboxHost.Faults"/>.
/// </summary>
public sealed class SandboxEks
{
    private readonly EksRegion _region;

    internal SandboxEks(EksRegion region, Uri uri)
    {
        _region = region;
        Uri = uri;
    }

    /// <summary>Where it is served, for all of the service's operations.</summary>
    public Uri Uri { get; }

    /// <summary>A file with its access key as the profile <c>default</c>, for AWS_SHARED_CREDENTIALS_FILE; readable by its owner alone.</summary>
    public required string CredentialsPath { get; init; }

    /// <summary>How it behaves, and who may sign in; can be changed while it runs.</summary>
    public EksSettings Settings
    {
        get { lock (_region.Gate) return _region.Settings; }
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_region.Gate) _region.Settings = value;
        }
    }

    /// <summary>The subnets of a cluster's network, one in each zone.</summary>
    /// <exception cref="SandboxException">There is no cluster of this name.</exception>
    public IReadOnlyList<string> SubnetIds(string cluster) => [.. Find(cluster).Subnets.Select(subnet => subnet.Id)];

    /// <summary>The ARN of a cluster's role for nodes.</summary>
    /// <exception cref="SandboxException">There is no cluster of this name.</exception>
    public string NodeRole(string cluster) => _region.NodeRole(Find(cluster).Name);

    /// <summary>The names of a cluster's node groups.</summary>
    /// <exception cref="SandboxException">There is no cluster of this name.</exception>
    public IReadOnlyList<string> Nodegroups(string cluster)
    {
        lock (_region.Gate)
            return [.. Find(cluster).Nodegroups.Select(group => group.Name)];
    }

    /// <summary>The machines of a node group, whether their nodes joined or not; those that are about to go as well.</summary>
    /// <exception cref="SandboxException">There is no such cluster or node group.</exception>
    public IReadOnlyList<EksInstance> Instances(string cluster, string nodegroup)
    {
        lock (_region.Gate)
            return [.. Find(cluster, nodegroup).Instances.Select(instance => new EksInstance(instance.Id, instance.NodeName, instance.Subnet.Zone, instance.Make.Release, instance.Departure is not null))];
    }

    /// <summary>Sets the desired size as an autoscaler does at the Auto Scaling group: no update, and within its minimum and maximum.</summary>
    /// <exception cref="SandboxException">There is no such cluster or node group, or the size is beyond what the group may have.</exception>
    public void SetDesiredSize(string cluster, string nodegroup, int size)
    {
        lock (_region.Gate)
        {
            Nodegroup group = Find(cluster, nodegroup);
            if (size < group.MinSize || size > group.MaxSize)
                throw new SandboxException($"New SetDesiredCapacity value {size} is not between min value {group.MinSize} and max value {group.MaxSize} for the AutoScalingGroup {group.AutoScalingGroup}.");
            group.DesiredSize = size;
            group.Cluster.Wake(group);
        }
    }

    /// <summary>Terminates a machine, as EC2 does: its node goes, and its node group replaces it.</summary>
    /// <returns>False when there is none of this id.</returns>
    public bool TerminateInstance(string instanceId) => _region.Clusters.Any(cluster => cluster.Terminate(instanceId));

    /// <summary>Lets something go wrong in the lives of node groups; gives the id to take it away with.</summary>
    public string AddTrouble(EksTrouble trouble)
    {
        ArgumentNullException.ThrowIfNull(trouble);
        lock (_region.Gate)
        {
            string id = _region.Troubles.Add(trouble);
            WakeAll();
            return id;
        }
    }

    /// <summary>Takes a trouble away; false when there is none with this id.</summary>
    public bool RemoveTrouble(string id)
    {
        lock (_region.Gate)
        {
            bool was = _region.Troubles.Remove(id);
            WakeAll();
            return was;
        }
    }

    /// <summary>Takes all troubles away.</summary>
    public void ClearTroubles()
    {
        lock (_region.Gate)
        {
            _region.Troubles.Clear();
            WakeAll();
        }
    }

    /// <summary>The troubles there are, with their ids and how many times each has struck.</summary>
    public IReadOnlyList<(string Id, EksTrouble Trouble, int Struck)> Troubles()
    {
        lock (_region.Gate) return _region.Troubles.List();
    }

    /// <summary>Says what the service has found about a cluster, in the place of what it had found before.</summary>
    /// <exception cref="SandboxException">There is no cluster of this name.</exception>
    public void SetInsights(string cluster, params IReadOnlyList<EksInsight> insights)
    {
        ArgumentNullException.ThrowIfNull(insights);
        lock (_region.Gate) Find(cluster).Insights = [.. insights];
    }

    /// <summary>Says which add-ons a cluster has, in the place of those that it had before.</summary>
    /// <exception cref="SandboxException">There is no cluster of this name.</exception>
    public void SetAddons(string cluster, params IReadOnlyList<EksAddon> addons)
    {
        ArgumentNullException.ThrowIfNull(addons);
        lock (_region.Gate) Find(cluster).Addons = [.. addons];
    }

    private void WakeAll()
    {
        foreach (Nodegroup group in _region.Clusters.SelectMany(cluster => cluster.Nodegroups)) group.Cluster.Wake(group);
    }

    private EksCluster Find(string cluster)
        => _region.Find(cluster) ?? throw new SandboxException($"EKS has no cluster '{cluster}'; it has {string.Join(", ", _region.Clusters.Select(other => other.Name))}.");

    private Nodegroup Find(string cluster, string nodegroup)
        => Find(cluster).Find(nodegroup) ?? throw new SandboxException($"The cluster {cluster} has no node group '{nodegroup}'.");
}

/// <summary>A machine of a node group.</summary>
/// <param name="Id">Such as <c>i-0123456789abcdef0</c>.</param>
/// <param name="NodeName">The name of its Node.</param>
/// <param name="Zone">Its zone.</param>
/// <param name="Release">The release of its image.</param>
/// <param name="IsLeaving">It is drained, and then terminated.</param>
public sealed record EksInstance(string Id, string NodeName, string Zone, string Release, bool IsLeaving);
