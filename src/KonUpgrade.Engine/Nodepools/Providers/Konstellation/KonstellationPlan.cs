using System.Text.RegularExpressions;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Providers.Konstellation;

/// <summary>
/// What a new pool of Konstellation is made with beyond what EKS needs: what kon asks for or takes from the ClusterConfig, where
/// it is neither given nor copied. Nothing is asked or written here.
/// </summary>
/// <param name="facts">What the ClusterConfig tells.</param>
/// <param name="cluster">What EKS calls the cluster.</param>
/// <param name="version">The cluster's version.</param>
internal sealed partial class KonstellationPlan(ClusterFacts facts, string cluster, ServerVersion version)
{
    // What kon offers.
    private const int UsualDisk = 50;
    private const int UsualSize = 2;

    // From this one on EKS has other images than those that kon asks for, and takes them where none is named.
    private const int FirstMinorWithAmazonLinux2023 = 30;

    /// <summary>The copied pool, of this cluster or another; null for none.</summary>
    public Nodepool? Like { get; init; }

    /// <summary>Whether the copied pool is of this cluster.</summary>
    public bool IsHere { get; init; }

    /// <summary>What is asked of EKS: what was given, and what neither that nor the copied pool says.</summary>
    public NodepoolShape Asked(NodepoolShape given)
    {
        var like = Like?.Shape;
        var hasTemplate = given.HasTemplate || like?.HasTemplate == true;
        // Role and network of the cluster are copied only within it.
        var asked = IsHere ? given : given with
        {
            NodeRole = given.NodeRole ?? facts.NodeRole,
            Subnet = given.Subnet is { Count: > 0 } || facts.Subnets.Count == 0 ? given.Subnet : facts.Subnets,
        };
        asked = Sized(asked, like);
        if (hasTemplate)
            return asked;
        return asked with
        {
            DiskSize = given.DiskSize ?? (like?.DiskSize is null ? UsualDisk : null),
            AmiType = given.AmiType ?? (like?.AmiType is null ? Image(given.InstanceType ?? like?.InstanceType) : null),
            SourceSecurityGroup = given.SourceSecurityGroup ?? (IsGuarded(given, like) && facts.SecurityGroups.Count > 0 ? facts.SecurityGroups : null),
        };
    }

    /// <summary>What EKS was asked for, completed, as it is made.</summary>
    /// <exception cref="UpgradeException">NodepoolShapeIncomplete.</exception>
    public NodepoolShape Made(string name, NodepoolShape given, NodepoolShape completed)
    {
        if (completed.InstanceType is not { Count: > 0 } && !completed.HasTemplate)
            throw new UpgradeException(KonstellationFailures.NoInstanceType(name));
        // Who gets a tag that says it has said it; a copy is as its model; and a new one that may grow is the autoscaler's.
        var isAutoscaled = NodepoolSpec.SaysWhetherAutoscaled(given.Tag) ? NodepoolSpec.IsAutoscaled(given)
            : Like?.Shape is { } like ? NodepoolSpec.IsAutoscaled(like)
            : completed.MaxSize > completed.MinSize;
        return isAutoscaled ? completed with { Tag = NodepoolSpec.Autoscaled(completed.Tag, cluster) } : completed;
    }

    // kon begins with the fewest nodes, and takes no fewer than two.
    private static NodepoolShape Sized(NodepoolShape given, NodepoolShape? like)
    {
        var (min, max, desired) = (given.MinSize ?? like?.MinSize, given.MaxSize ?? like?.MaxSize, given.DesiredSize ?? like?.DesiredSize);
        var fewest = min ?? Math.Min(UsualSize, Math.Min(max ?? UsualSize, desired ?? UsualSize));
        var now = desired ?? fewest;
        return given with
        {
            MinSize = given.MinSize ?? (min is null ? fewest : null),
            MaxSize = given.MaxSize ?? (max is null ? Math.Max(1, Math.Max(fewest, now)) : null),
            DesiredSize = given.DesiredSize ?? (desired is null ? now : null),
        };
    }

    // A key that is new lets in only whom the ClusterConfig names, and so does one that came from another cluster's pool that was
    // guarded. A copy of a pool that is open to all stays open.
    private bool IsGuarded(NodepoolShape given, NodepoolShape? like)
    {
        var wasGuarded = like?.SourceSecurityGroup is { Count: > 0 };
        return like?.Ec2SshKey is null ? given.Ec2SshKey is not null : wasGuarded && !IsHere;
    }

    private string? Image(IReadOnlyList<string>? types)
    {
        if (types is not { Count: > 0 } || InstanceFamily().Match(types[0]) is not { Success: true } family)
            return null;
        var isArm = family.Groups["more"].Value.Contains('g', StringComparison.Ordinal);
        var hasGpu = family.Groups["family"].Value is "g" or "p" or "gr";
        var isOld = !version.IsAtLeast(1, FirstMinorWithAmazonLinux2023);
        return (isOld, isArm, hasGpu) switch
        {
            (true, true, _) => "AL2_ARM_64",
            (true, _, true) => "AL2_x86_64_GPU",
            (true, _, _) => "AL2_x86_64",
            (_, true, true) => "AL2023_ARM_64_NVIDIA",
            (_, true, _) => "AL2023_ARM_64_STANDARD",
            (_, _, true) => "AL2023_x86_64_NVIDIA",
            _ => "AL2023_x86_64_STANDARD",
        };
    }

    // m6gd.large: the family, its generation, and what it has more; a g there is a processor of AWS' own.
    [GeneratedRegex("^(?<family>[a-z]+)[0-9]+(?<more>[a-z]*)")]
    private static partial Regex InstanceFamily();
}
