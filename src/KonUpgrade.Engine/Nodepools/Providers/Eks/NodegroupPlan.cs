using System.Globalization;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Providers.Eks;

/// <summary>
/// What a new node group is made with: what is given, then what the copied pool has and may be copied, then what the groups
/// of the cluster have in common. Nothing is asked or written here.
/// </summary>
/// <param name="cluster">The cluster that gets it.</param>
/// <param name="groups">The node groups that the cluster has.</param>
internal sealed class NodegroupPlan(Cluster cluster, IReadOnlyList<Nodegroup> groups)
{
    private const int LongestName = 63;

    // A template that names an image: family and version are the template's own then.
    private const string CustomImage = "CUSTOM";

    private const string AutoscalerTag = "k8s.io/cluster-autoscaler/";

    // Labels and tags by which others know what is theirs: a copy that carried them would be taken for it.
    private static readonly string[] s_ownedPrefixes =
        ["aws:", "eks:", "eks.amazonaws.com/", "alpha.eksctl.io/", "eksctl.cluster.k8s.io/", "eksctl.io/", "kubernetes.io/cluster/", "konupgrade.dev/"];

    // EKS made its last image of these for 1.32.
    private static readonly Version s_withoutAmazonLinux2 = new(1, 33);

    private static readonly Dictionary<string, string> s_insteadOfAmazonLinux2 = new(StringComparer.Ordinal)
    {
        ["AL2_x86_64"] = "AL2023_x86_64_STANDARD",
        ["AL2_x86_64_GPU"] = "AL2023_x86_64_NVIDIA",
        ["AL2_ARM_64"] = "AL2023_ARM_64_STANDARD",
    };

    /// <summary>Whether the copied pool is of another cluster, whose network, roles and templates are not this one's.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>The whole shape.</summary>
    /// <exception cref="UpgradeException">
    /// NodepoolNameInvalid, NodepoolExists, NodepoolNotCopied, LaunchTemplateElsewhere, SecurityGroupElsewhere, LaunchTemplateConflict, LaunchTemplateNotGiven,
    /// NodepoolShapeIncomplete, NodepoolSizeInvalid, NodepoolVersionInvalid, AmiTypeRetired.
    /// </exception>
    public NodepoolShape Complete(string name, NodepoolShape given, Nodepool? like)
    {
        RequireName(name);
        var copied = like is null ? new NodepoolShape() : Copied(like, given);
        var shape = Over(given, copied) with
        {
            NodeRole = given.NodeRole ?? copied.NodeRole ?? Common(group => group.NodeRole),
            Subnet = NotEmpty(given.Subnet) ?? NotEmpty(copied.Subnet) ?? CommonSubnets(),
        };
        RequireNoConflict(given);
        if (given.LaunchTemplateVersion is { } template && !shape.HasTemplate)
            throw Refused("LaunchTemplateNotGiven", FailureKind.InvalidArgument, name, $"Version {template} of a launch template was asked for, and no launch template.", "Name it with -LaunchTemplateName or -LaunchTemplateId.");
        shape = WithoutWhatTheTemplateSays(shape, given);
        if (shape.NodeRole is null)
            throw Incomplete(name, "The role of its nodes is not known", "Name it with -NodeRole: the node groups of the cluster have none in common.");
        if (shape.Subnet is null)
            throw Incomplete(name, "Its subnets are not known", "Name them with -Subnet: the cluster tells none.");
        RequireSizes(name, shape);
        RequireVersion(name, shape);
        return shape;
    }

    private static string[]? NotEmpty(IReadOnlyList<string>? list) => list is { Count: > 0 } ? [.. list] : null;

    private static NodepoolShape Over(NodepoolShape given, NodepoolShape copied) => new()
    {
        MinSize = given.MinSize ?? copied.MinSize,
        MaxSize = given.MaxSize ?? copied.MaxSize,
        DesiredSize = given.DesiredSize ?? copied.DesiredSize,
        InstanceType = given.InstanceType ?? copied.InstanceType,
        AmiType = given.AmiType ?? copied.AmiType,
        CapacityType = given.CapacityType ?? copied.CapacityType,
        DiskSize = given.DiskSize ?? copied.DiskSize,
        // The version that a pool had is never copied: a new one gets its cluster's, and the newest image of it.
        Version = given.Version,
        ReleaseVersion = given.ReleaseVersion,
        Label = given.Label ?? copied.Label,
        Taint = given.Taint ?? copied.Taint,
        Tag = given.Tag ?? copied.Tag,
        LaunchTemplateId = given.HasTemplate ? given.LaunchTemplateId : copied.LaunchTemplateId,
        LaunchTemplateName = given.HasTemplate ? given.LaunchTemplateName : copied.LaunchTemplateName,
        LaunchTemplateVersion = given.LaunchTemplateVersion ?? (given.HasTemplate ? null : copied.LaunchTemplateVersion),
        Ec2SshKey = given.Ec2SshKey ?? copied.Ec2SshKey,
        SourceSecurityGroup = given.SourceSecurityGroup ?? copied.SourceSecurityGroup,
        // One of the two numbers: the one that is given takes the place of the other that was copied.
        MaxUnavailable = given.MaxUnavailable ?? (given.MaxUnavailablePercentage is null ? copied.MaxUnavailable : null),
        MaxUnavailablePercentage = given.MaxUnavailablePercentage ?? (given.MaxUnavailable is null ? copied.MaxUnavailablePercentage : null),
        UpdateStrategy = given.UpdateStrategy ?? copied.UpdateStrategy,
        NodeRepair = given.NodeRepair ?? copied.NodeRepair,
    };

    private static bool IsOwned(string key) => s_ownedPrefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));

    private static Dictionary<string, string>? NotOwned(IReadOnlyDictionary<string, string>? all) =>
        all?.Where(pair => !IsOwned(pair.Key)).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    private static UpgradeException Refused(string id, FailureKind kind, string name, string message, string recommendation) => new(new Failure
    {
        Id = id,
        Kind = kind,
        Message = message,
        Recommendation = recommendation,
        Target = name,
    });

    private static UpgradeException Incomplete(string name, string what, string remedy) =>
        Refused("NodepoolShapeIncomplete", FailureKind.InvalidArgument, name, $"{what}: the pool {name} can't be made.", remedy);

    private NodepoolShape Copied(Nodepool like, NodepoolShape given)
    {
        if (like.Shape is not { } shape)
        {
            throw Refused(
                "NodepoolNotCopied", FailureKind.NotSupported, like.Name, $"How the pool {like.Name} was made is not known: {like.Provider} does not tell it.",
                "Say how the new one is made: -InstanceType, -MinSize, -MaxSize, -Label and so on.");
        }

        var copied = shape with
        {
            Label = NotOwned(shape.Label),
            // What we tainted is the old pool's matter.
            Taint = [.. (shape.Taint ?? []).Where(taint => !IsOwned(taint.Key))],
            Tag = NotOwned(shape.Tag),
        };
        return IsElsewhere ? Brought(copied, like, given) : copied;
    }

    private NodepoolShape Brought(NodepoolShape copied, Nodepool like, NodepoolShape given)
    {
        if (copied.HasTemplate && !given.HasTemplate)
        {
            throw Refused(
                "LaunchTemplateElsewhere", FailureKind.Refused, like.Name,
                $"The pool {like.Name} of {like.Context ?? "another cluster"} has the launch template {copied.LaunchTemplateName ?? copied.LaunchTemplateId}, which names that cluster's security groups and joins that cluster.",
                $"Give a launch template that was made for {cluster.Name} with -LaunchTemplateName or -LaunchTemplateId.");
        }

        if (copied.SourceSecurityGroup is { Count: > 0 } && given.SourceSecurityGroup is null)
        {
            throw Refused(
                "SecurityGroupElsewhere", FailureKind.Refused, like.Name,
                $"The pool {like.Name} of {like.Context ?? "another cluster"} lets SSH in from the security groups {string.Join(", ", copied.SourceSecurityGroup)}, which are of that cluster's network.",
                $"Give security groups of the network of {cluster.Name} with -SourceSecurityGroup.");
        }

        return copied with
        {
            NodeRole = null,
            Subnet = null,
            Tag = copied.Tag?.ToDictionary(tag => IsAutoscalerOwner(tag.Key) ? AutoscalerTag + cluster.Name : tag.Key, tag => tag.Value, StringComparer.Ordinal),
        };
    }

    // k8s.io/cluster-autoscaler/CLUSTER says whose autoscaler it is; enabled and node-template/ are for any.
    private static bool IsAutoscalerOwner(string key) =>
        key.StartsWith(AutoscalerTag, StringComparison.Ordinal) && key[AutoscalerTag.Length..] is var rest && rest != "enabled" && !rest.Contains('/', StringComparison.Ordinal);

    private void RequireName(string name)
    {
        if (name.Length is 0 or > LongestName || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            throw Refused(
                "NodepoolNameInvalid", FailureKind.InvalidArgument, name, $"EKS takes no node group that is called '{name}'.",
                $"Choose at most {LongestName} letters, digits, hyphens and underscores, the first of them a letter or digit.");
        }

        if (groups.FirstOrDefault(group => group.NodegroupName == name) is { } there)
        {
            throw Refused(
                "NodepoolExists", FailureKind.AlreadyExists, name, $"The cluster {cluster.Name} has a node group {name} already, which is {there.Status}.",
                "Choose another name, or go on with the one that is there.");
        }
    }

    private static void RequireNoConflict(NodepoolShape given)
    {
        if (!given.HasTemplate)
            return;
        var both = new (string Name, bool IsGiven)[]
        {
            ("-DiskSize", given.DiskSize is not null),
            ("-Ec2SshKey", given.Ec2SshKey is not null),
            ("-SourceSecurityGroup", given.SourceSecurityGroup is not null),
        }.Where(pair => pair.IsGiven).Select(pair => pair.Name).ToList();
        if (both.Count == 0)
            return;
        throw Refused(
            "LaunchTemplateConflict", FailureKind.InvalidArgument, given.LaunchTemplateName ?? given.LaunchTemplateId!,
            $"EKS takes {string.Join(" and ", both)} from the launch template, and not beside it.", "Write it into the launch template, or give none.");
    }

    private static NodepoolShape WithoutWhatTheTemplateSays(NodepoolShape shape, NodepoolShape given)
    {
        if (!shape.HasTemplate)
            return shape;
        shape = shape with
        {
            DiskSize = null,
            Ec2SshKey = null,
            SourceSecurityGroup = null,
            // A template that was given may name types and image itself: what another pool had does not stand against it.
            InstanceType = given.HasTemplate ? given.InstanceType : shape.InstanceType,
            AmiType = given.HasTemplate ? given.AmiType : shape.AmiType,
        };
        return shape.AmiType == CustomImage ? shape with { AmiType = null, Version = null, ReleaseVersion = null } : shape;
    }

    private static void RequireSizes(string name, NodepoolShape shape)
    {
        var (min, max) = (shape.MinSize, shape.MaxSize);
        var wrong = min < 0 ? "the fewest nodes are below none"
            : max < 1 ? "the most nodes are below one"
            : min > max ? string.Create(CultureInfo.InvariantCulture, $"the fewest nodes ({min}) are more than the most ({max})")
            : shape.DesiredSize < min ? string.Create(CultureInfo.InvariantCulture, $"it is to have {shape.DesiredSize} nodes and has at least {min}")
            : shape.DesiredSize > max ? string.Create(CultureInfo.InvariantCulture, $"it is to have {shape.DesiredSize} nodes and has at most {max}")
            : null;
        if (wrong is not null)
            throw Refused("NodepoolSizeInvalid", FailureKind.InvalidArgument, name, $"The sizes of the pool {name} do not fit together: {wrong}.", "Give -MinSize, -MaxSize and -DesiredSize that do; what is not given is as the copied pool has it, or as the service chooses.");
    }

    private void RequireVersion(string name, NodepoolShape shape)
    {
        if (shape.Version is { } version && cluster.Version is { } own && version != own)
        {
            throw Refused(
                "NodepoolVersionInvalid", FailureKind.InvalidArgument, name, $"A new node group of {cluster.Name} has version {own}, as the cluster has; {version} was asked for.",
                "Leave -Version out; upgrade the control plane first where newer nodes are wanted.");
        }

        if (shape.AmiType is { } image && s_insteadOfAmazonLinux2.TryGetValue(image, out var instead)
            && Version.TryParse(cluster.Version, out var at) && at >= s_withoutAmazonLinux2)
        {
            throw Refused(
                "AmiTypeRetired", FailureKind.NotSupported, name, $"EKS has no image of {image} for {cluster.Version}: the last was made for 1.32.",
                $"Give -AmiType {instead}, after a look at what the nodes' start-up scripts rely on.");
        }
    }

    private string? Common(Func<Nodegroup, string?> value) => groups.Select(value).Distinct(StringComparer.Ordinal).ToList() is [{ } only] ? only : null;

    // Where the groups differ, the control plane's subnets: every cluster has some, of its own network.
    private IReadOnlyList<string>? CommonSubnets()
    {
        var sets = groups.Select(group => group.Subnets.Order(StringComparer.Ordinal).ToList()).ToList();
        return sets.Count > 0 && sets[0].Count > 0 && sets.TrueForAll(set => set.SequenceEqual(sets[0])) ? sets[0] : NotEmpty(cluster.ResourcesVpcConfig?.SubnetIds);
    }
}
