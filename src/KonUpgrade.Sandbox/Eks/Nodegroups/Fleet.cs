using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.DataPlane.Work;
using KonUpgrade.Sandbox.Eks.Rules;

namespace KonUpgrade.Sandbox.Eks.Nodegroups;

/// <summary>
/// The machines of a node group, as its Auto Scaling group keeps them: as many as are asked for, spread over the zones,
/// started one by one, replaced when they are lost. In the data plane's loop, under the region's gate.
/// </summary>
internal sealed class Fleet(PlaneContext plane, SimulatedDataPlane nodes, Nodegroup group, Action<DateTimeOffset> wakeAt)
{
    // How soon the Auto Scaling group tries again what it could not start.
    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);

    private readonly NodeDrain _drain = new(plane, group, wakeAt);

    private EksSettings Settings => group.Cluster.Region.Settings;

    /// <summary>What kept a machine from starting just now.</summary>
    public EksTrouble? Failure { get; private set; }

    /// <summary>As many machines as are to be there are, and each is a Ready node.</summary>
    public bool IsWhole => group.Staying.Count() == group.Capacity && group.Staying.All(IsReady);

    public bool IsReady(Instance instance) => plane.Caches.Nodes.Find(instance.NodeName) is { Ready: true };

    /// <summary>Starts what is missing, sees off what is too much.</summary>
    public void Keep()
    {
        int there = group.Counted;
        if (there < group.Capacity) Launch(group.Capacity - there);
        else group.NextLaunch = null;
        for (int surplus = group.Counted - group.Capacity; surplus > 0 && group.Staying.Any(); surplus--)
            Dismiss(First(group.Staying), undrained: !Settings.DrainOnScaleIn && group.Status != NodegroupStatus.Deleting);
    }

    /// <summary>Begins to take a machine out.</summary>
    public void Dismiss(Instance instance, bool undrained = false, bool counted = false)
        => instance.Departure ??= new Departure { Since = plane.Now, NextTry = plane.Now, Undrained = undrained, Counted = counted };

    /// <summary>Takes a machine's node out of use while its Pods stay, and out of the load balancers.</summary>
    public void Shun(Instance instance) => _drain.Shun(instance, on: true);

    /// <summary>A machine stays after all.</summary>
    public void Keep(Instance instance)
    {
        instance.Departure = null;
        _drain.Shun(instance, on: false);
    }

    /// <summary>Drains what leaves; true when nothing is left to evict.</summary>
    public bool Drain(Instance instance) => _drain.Step(instance);

    /// <summary>What is scaled in or deleted is drained for a while, and then goes by force.</summary>
    public void SeeOff()
    {
        foreach (Instance instance in group.Instances.Where(instance => instance.Departure is { Counted: false }).ToArray())
        {
            DateTimeOffset deadline = instance.Departure!.Since + Settings.DrainTimeout;
            if (instance.Departure.Undrained || deadline <= plane.Now || _drain.Step(instance)) Terminate(instance);
            else wakeAt(deadline);
        }
    }

    public void Terminate(Instance instance)
    {
        // First it is no machine of the group any more: the end of its node is then no loss to be made good.
        group.Instances.Remove(instance);
        group.Cluster.Unregister(instance.NodeName);
        nodes.RemoveNode(instance.NodeName);
    }

    private void Launch(int missing)
    {
        group.NextLaunch ??= plane.Now + Settings.LaunchAfter;
        while (missing > 0 && group.NextLaunch is { } due)
        {
            if (due > plane.Now)
            {
                wakeAt(due);
                return;
            }
            if (group.Cluster.Region.Troubles.Strike(TroubleKind.Launch, group.Cluster.Name, group.Name) is { } trouble)
            {
                Failure = trouble;
                group.NextLaunch = plane.Now + Retry;
                wakeAt(plane.Now + Retry);
                return;
            }
            Start();
            missing--;
            group.NextLaunch = missing > 0 ? due + Settings.LaunchInterval : null;
        }
    }

    private void Start()
    {
        EksSubnet subnet = group.Subnets.MinBy(subnet => group.Instances.Count(instance => instance.Subnet == subnet))!;
        int number = group.Cluster.NextMachine();
        string address = Addresses.Of(subnet.Number, number);
        bool joins = group.Cluster.Region.Troubles.Strike(TroubleKind.Join, group.Cluster.Name, group.Name) is null;
        var instance = new Instance
        {
            Id = group.Cluster.Id("i", $"machine/{number}"),
            NodeName = $"ip-{address.Replace('.', '-')}.{group.Cluster.Region.NodeDomain}",
            Subnet = subnet,
            Make = group.Make,
            Launched = plane.Now,
            Joins = joins,
        };
        if (joins) nodes.AddNode(NodeOf(instance, address));
        group.Instances.Add(instance);
        group.Cluster.Register(instance.NodeName, group.Name);
    }

    private NodeShape NodeOf(Instance instance, string address)
    {
        InstanceType type = InstanceType.Find(group.MachineType)!;
        string region = group.Cluster.Region.Settings.Region;
        string zone = instance.Subnet.Zone;
        var labels = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["eks.amazonaws.com/nodegroup"] = group.Name,
            ["eks.amazonaws.com/capacityType"] = group.CapacityType,
            ["eks.amazonaws.com/nodegroup-image"] = group.LaunchTemplate?.ImageId ?? Images.Of(group.AmiType, group.Make.Release, region),
            ["node.kubernetes.io/instance-type"] = type.Name,
            ["beta.kubernetes.io/instance-type"] = type.Name,
            ["topology.kubernetes.io/region"] = region,
            ["topology.kubernetes.io/zone"] = zone,
            ["failure-domain.beta.kubernetes.io/region"] = region,
            ["failure-domain.beta.kubernetes.io/zone"] = zone,
            ["topology.k8s.aws/zone-id"] = $"{Images.RegionCode(region)}-az{instance.Subnet.Number + 1}",
            ["kubernetes.io/arch"] = type.Architecture,
            ["beta.kubernetes.io/arch"] = type.Architecture,
        };
        if (group.LaunchTemplate is { } template)
        {
            labels["eks.amazonaws.com/sourceLaunchTemplateId"] = template.Id;
            labels["eks.amazonaws.com/sourceLaunchTemplateVersion"] = group.Make.TemplateVersion ?? "1";
        }
        foreach ((string key, string value) in group.Labels) labels[key] = value;
        return new NodeShape
        {
            Name = instance.NodeName,
            Address = address,
            Labels = labels,
            Taints = [.. group.Taints],
            Cpu = type.Cpu.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Memory = $"{type.MemoryGiB}Gi",
            Pods = type.Pods,
            Version = Images.Kubelet(group.Make.Release),
            ProviderId = $"aws:///{zone}/{instance.Id}",
        };
    }

    // As the default policy of Auto Scaling groups: from the zone that has most, of the oldest make, the oldest.
    private Instance First(IEnumerable<Instance> instances)
    {
        IGrouping<EksSubnet, Instance> most = instances.GroupBy(instance => instance.Subnet).OrderByDescending(zone => zone.Count()).ThenBy(zone => zone.Key.Number).First();
        return most.OrderBy(instance => instance.Joins).ThenBy(instance => instance.Make == group.Make).ThenBy(instance => instance.Launched).First();
    }
}

/// <summary>Addresses of machines in the network of a cluster.</summary>
internal static class Addresses
{
    /// <summary>10.0.0.0/16, a quarter of it for each subnet. The first four addresses of a subnet are the provider's.</summary>
    public static string Of(int subnet, int number) => $"10.0.{subnet * 64 + number / 250}.{number % 250 + 4}";
}
