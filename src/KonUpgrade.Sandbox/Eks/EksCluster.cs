using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Behaviors;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Eks.Nodegroups;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks;

/// <summary>A subnet of a cluster's network.</summary>
internal sealed record EksSubnet(string Id, string Zone, int Number);

/// <summary>A cluster of the sandbox as EKS knows it: its network, its node groups and what they are busy with.</summary>
internal sealed class EksCluster
{
    private readonly SimulatedCluster _cluster;
    private readonly Uri _endpoint;
    private readonly string _authority;
    private readonly DateTimeOffset _createdAt;
    private readonly SortedDictionary<string, Nodegroup> _groups = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _groupOfNode = new(StringComparer.Ordinal);
    private NodegroupController? _controller;
    private SimulatedDataPlane? _plane;
    private int _machines;

    public EksCluster(EksRegion region, SimulatedCluster cluster, Uri endpoint, string authorityPem)
    {
        Region = region;
        _cluster = cluster;
        _endpoint = endpoint;
        _authority = authorityPem;
        _createdAt = cluster.Now;
        string id = Stable.Uid($"{cluster.Settings.Identity}/{cluster.Name}/cluster").Replace("-", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
        cluster.Issuer = $"https://oidc.eks.{region.Settings.Region}.amazonaws.com/id/{id}";
        // Whoever holds the account's key has made the cluster, and is its administrator.
        cluster.Authenticator.OtherTokens = token => EksToken.IsGood(token, cluster.Name, region.Settings) ? cluster.Authenticator.Admin : null;
        Subnets = [.. Enumerable.Range(0, 3).Select(number => new EksSubnet(Id("subnet", $"subnet/{number}"), $"{region.Settings.Region}{(char)('a' + number)}", number))];
    }

    public EksRegion Region { get; }

    public string Name => _cluster.Name;

    /// <summary>The version as the service writes it: 1.33.</summary>
    public string Version => $"1.{_cluster.Version.Minor}";

    public int Minor => _cluster.Version.Minor;

    public IReadOnlyList<EksSubnet> Subnets { get; }

    public IReadOnlyCollection<Nodegroup> Nodegroups => _groups.Values;

    public ClientTokens Tokens { get; } = new();

    /// <summary>What the service has found about it.</summary>
    public IReadOnlyList<EksInsight> Insights { get; set; } = [];

    /// <summary>Its add-ons.</summary>
    public IReadOnlyList<EksAddon> Addons { get; set; } = [];

    public DateTimeOffset Now => _cluster.Now;

    /// <summary>The machine images for this version, oldest first: 1.33.2-20250715.</summary>
    public IEnumerable<string> Releases => Region.Settings.ImageDates.Select(date => $"{Version}.2-{date}");

    public Nodegroup? Find(string name) => _groups.GetValueOrDefault(name);

    public void Add(Nodegroup group)
    {
        Live();
        _groups.Add(group.Name, group);
        Wake(group);
    }

    public void Remove(Nodegroup group)
    {
        _groups.Remove(group.Name);
        Tokens.Forget(group);
    }

    /// <summary>Has a node group looked at, soon and in the data plane's own loop.</summary>
    public void Wake(Nodegroup group) => _plane?.Post(() => _controller?.Look(group.Name));

    /// <summary>Tells whose node it is, so that what happens to it is seen.</summary>
    public void Register(string node, string group) => _groupOfNode[node] = group;

    public void Unregister(string node) => _groupOfNode.TryRemove(node, out _);

    public string? GroupOf(string node) => _groupOfNode.GetValueOrDefault(node);

    /// <summary>The number of the next machine of this cluster.</summary>
    public int NextMachine() => ++_machines;

    public string Id(string kind, string of) => $"{kind}-0{Stable.Uid($"{_cluster.Settings.Identity}/{Name}/{of}").Replace("-", string.Empty, StringComparison.Ordinal)[..16]}";

    /// <summary>The machine of a node was terminated from outside: it is no more, and its group replaces it.</summary>
    public void Terminated(string node)
    {
        lock (Region.Gate)
        {
            if (GroupOf(node) is not { } name || Find(name) is not { } group) return;
            if (group.Instances.Find(instance => instance.NodeName == node) is not { } lost) return;
            group.Instances.Remove(lost);
            Unregister(node);
            Wake(group);
        }
    }

    /// <summary>Terminates a machine, its node with it; false when the cluster has none of this id.</summary>
    public bool Terminate(string instanceId)
    {
        string? node = null;
        lock (Region.Gate)
        {
            foreach (Nodegroup group in _groups.Values)
            {
                if (group.Instances.Find(instance => instance.Id == instanceId) is not { } found) continue;
                group.Instances.Remove(found);
                Unregister(found.NodeName);
                Wake(group);
                node = found.NodeName;
            }
        }
        if (node is null) return false;
        _plane!.RemoveNode(node);
        return true;
    }

    public JsonObject ToJson()
    {
        return new JsonObject
        {
            ["name"] = Name,
            ["arn"] = Region.Arn("eks", $"cluster/{Name}"),
            ["createdAt"] = Wire.Time(_createdAt),
            ["version"] = Version,
            ["endpoint"] = _endpoint.GetLeftPart(UriPartial.Authority),
            ["roleArn"] = Region.Arn("iam", $"role/{Name}-cluster"),
            ["resourcesVpcConfig"] = new JsonObject
            {
                ["subnetIds"] = Wire.List(Subnets.Select(subnet => subnet.Id)),
                ["securityGroupIds"] = new JsonArray(),
                ["clusterSecurityGroupId"] = Id("sg", "sg"),
                ["vpcId"] = Id("vpc", "vpc"),
                ["endpointPublicAccess"] = true,
                ["endpointPrivateAccess"] = true,
                ["publicAccessCidrs"] = Wire.List(["0.0.0.0/0"]),
            },
            ["kubernetesNetworkConfig"] = new JsonObject
            {
                ["serviceIpv4Cidr"] = "172.20.0.0/16",
                ["serviceIpv6Cidr"] = null,
                ["ipFamily"] = "ipv4",
                ["elasticLoadBalancing"] = new JsonObject { ["enabled"] = false },
            },
            ["logging"] = new JsonObject
            {
                ["clusterLogging"] = new JsonArray(new JsonObject { ["types"] = Wire.List(["api", "audit", "authenticator", "controllerManager", "scheduler"]), ["enabled"] = false }),
            },
            ["identity"] = new JsonObject { ["oidc"] = new JsonObject { ["issuer"] = _cluster.Issuer } },
            ["status"] = "ACTIVE",
            ["certificateAuthority"] = new JsonObject { ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(_authority)) },
            // Fields without a value are there as null, as in the service's own answers.
            ["clientRequestToken"] = null,
            ["platformVersion"] = string.Create(CultureInfo.InvariantCulture, $"eks.{(40 - _cluster.Version.Minor)}"),
            ["tags"] = new JsonObject(),
            ["encryptionConfig"] = null,
            ["connectorConfig"] = null,
            ["id"] = null,
            ["health"] = new JsonObject { ["issues"] = new JsonArray() },
            ["outpostConfig"] = null,
            ["accessConfig"] = new JsonObject { ["bootstrapClusterCreatorAdminPermissions"] = null, ["authenticationMode"] = "API_AND_CONFIG_MAP" },
            ["upgradePolicy"] = new JsonObject { ["supportType"] = "EXTENDED" },
            ["deletionProtection"] = false,
        };
    }

    // Nodes need a cluster that lives. One that was a mere API server begins to with its first node group.
    private void Live()
    {
        if (_controller is not null) return;
        SimulatedDataPlane plane = _cluster.Plane ?? _cluster.StartPlane(new DataPlaneSettings());
        _plane = plane;
        plane.NodeTerminated += Terminated;
        plane.Attach(context => _controller = new NodegroupController(context, this, plane));
    }
}
