using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Nodepools.Providers.Eks;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools.Eks;

/// <summary>What a new node group is made with.</summary>
public sealed class NodegroupPlanTests
{
    private static readonly Cluster s_green = new()
    {
        Name = "green",
        Version = "1.32",
        ResourcesVpcConfig = new VpcConfigResponse { SubnetIds = ["subnet-c1", "subnet-c2"] },
    };

    private static readonly Nodegroup s_first = new() { NodegroupName = "first", Status = "ACTIVE", NodeRole = "arn:role/green", Subnets = ["subnet-g2", "subnet-g1"] };

    [Fact]
    public void A_copy_has_what_the_pool_has_but_its_version_and_what_marks_it_as_others()
    {
        var shape = Complete("workers-2", new NodepoolShape { MaxSize = 9, Label = new Dictionary<string, string> { ["tier"] = "new" } }, Old(new NodepoolShape
        {
            MinSize = 1,
            MaxSize = 4,
            DesiredSize = 3,
            InstanceType = ["m5.large", "m5a.large"],
            AmiType = "AL2023_x86_64_STANDARD",
            CapacityType = "SPOT",
            DiskSize = 80,
            NodeRole = "arn:role/own",
            Subnet = ["subnet-1"],
            Version = "1.31",
            ReleaseVersion = "1.31.3-20250101",
            Label = new Dictionary<string, string> { ["tier"] = "old", ["alpha.eksctl.io/nodegroup-name"] = "workers" },
            Taint = [new("dedicated", "gpu", "NoSchedule"), new("konupgrade.dev/suspended", null, "NoSchedule")],
            Tag = new Dictionary<string, string> { ["team"] = "web", ["aws:cloudformation:stack-name"] = "x", ["alpha.eksctl.io/cluster-name"] = "green", ["konupgrade.dev/replaces"] = "z/1" },
            Ec2SshKey = "ops",
            SourceSecurityGroup = ["sg-1"],
            MaxUnavailable = 2,
            UpdateStrategy = "MINIMAL",
            NodeRepair = true,
        }));
        Assert.Equal((1, 9, 3), (shape.MinSize, shape.MaxSize, shape.DesiredSize));
        Assert.Equal(["m5.large", "m5a.large"], shape.InstanceType!);
        Assert.Equal(("SPOT", 80, "arn:role/own", "ops", 2, "MINIMAL", true), (shape.CapacityType, shape.DiskSize, shape.NodeRole, shape.Ec2SshKey, shape.MaxUnavailable, shape.UpdateStrategy, shape.NodeRepair));
        Assert.Equal(["subnet-1"], shape.Subnet!);
        Assert.Equal(["sg-1"], shape.SourceSecurityGroup!);
        Assert.Equal((null, null), (shape.Version, shape.ReleaseVersion));
        Assert.Equal("new", Assert.Single(shape.Label!).Value);
        Assert.Equal("dedicated=gpu:NoSchedule", Assert.Single(shape.Taint!).ToString());
        Assert.Equal("team", Assert.Single(shape.Tag!).Key);
    }

    [Fact]
    public void Nothing_copied_the_cluster_s_other_groups_say_role_and_subnets()
    {
        var shape = Complete("workers", new NodepoolShape { MinSize = 0, MaxSize = 2 });
        Assert.Equal("arn:role/green", shape.NodeRole);
        Assert.Equal(["subnet-g1", "subnet-g2"], shape.Subnet!);
    }

    [Fact]
    public void Where_the_groups_differ_the_control_planes_subnets_are_taken_and_the_role_is_asked_for()
    {
        var second = s_first with { NodegroupName = "second", NodeRole = "arn:role/other", Subnets = ["subnet-g1"] };
        Assert.Equal(["subnet-c1", "subnet-c2"], Plan(s_first, second).Complete("n", new NodepoolShape { NodeRole = "r" }, null).Subnet!);
        Assert.Equal("NodepoolShapeIncomplete", Refused(() => Plan(s_first, second).Complete("n", new NodepoolShape(), null)).Id);
        Assert.Equal("NodepoolShapeIncomplete", Refused(() => Plan().Complete("n", new NodepoolShape(), null)).Id);
    }

    [Fact]
    public void Of_another_cluster_s_pool_network_role_and_templates_are_not_taken()
    {
        var old = Old(new NodepoolShape
        {
            NodeRole = "arn:role/blue",
            Subnet = ["subnet-blue"],
            Tag = new Dictionary<string, string> { ["k8s.io/cluster-autoscaler/enabled"] = "true", ["k8s.io/cluster-autoscaler/blue"] = "owned", ["k8s.io/cluster-autoscaler/node-template/label/x"] = "y" },
        });
        var shape = Elsewhere(s_first).Complete("workers", new NodepoolShape(), old);
        Assert.Equal(("arn:role/green", "subnet-g1"), (shape.NodeRole, shape.Subnet![0]));
        Assert.Equal(["k8s.io/cluster-autoscaler/enabled", "k8s.io/cluster-autoscaler/green", "k8s.io/cluster-autoscaler/node-template/label/x"], shape.Tag!.Keys.Order(StringComparer.Ordinal));

        var templated = old with { Shape = old.Shape! with { LaunchTemplateId = "lt-1", LaunchTemplateVersion = "7" } };
        Assert.Equal(("LaunchTemplateElsewhere", FailureKind.Refused), (Refused(() => Elsewhere(s_first).Complete("w", new NodepoolShape(), templated)) is var f ? (f.Id, f.Kind) : default));
        // Of the same cluster it is taken, and one that is given takes its place wholly.
        Assert.Equal(("lt-1", "7"), (Complete("w", new NodepoolShape(), templated) is var same ? (same.LaunchTemplateId, same.LaunchTemplateVersion) : default));
        Assert.Equal(("nodes", null, null), (Elsewhere(s_first).Complete("w", new NodepoolShape { LaunchTemplateName = "nodes" }, templated) is var given ? (given.LaunchTemplateName, given.LaunchTemplateId, given.LaunchTemplateVersion) : default));

        var open = old with { Shape = old.Shape! with { Ec2SshKey = "ops", SourceSecurityGroup = ["sg-blue"] } };
        Assert.Equal("SecurityGroupElsewhere", Refused(() => Elsewhere(s_first).Complete("w", new NodepoolShape(), open)).Id);
        Assert.Equal(["sg-green"], Elsewhere(s_first).Complete("w", new NodepoolShape { SourceSecurityGroup = ["sg-green"] }, open).SourceSecurityGroup!);
    }

    [Fact]
    public void What_a_launch_template_says_is_not_said_beside_it()
    {
        var old = Old(new NodepoolShape { NodeRole = "r", Subnet = ["s"], DiskSize = 50, InstanceType = ["m5.large"], AmiType = "CUSTOM", LaunchTemplateId = "lt-1" });
        var shape = Complete("w", new NodepoolShape(), old);
        Assert.Equal((null, null), (shape.DiskSize, shape.AmiType));
        Assert.Equal(["m5.large"], shape.InstanceType!);
        Assert.Null(Complete("w", new NodepoolShape { LaunchTemplateId = "lt-2" }, old).InstanceType);
        Assert.Equal("LaunchTemplateConflict", Refused(() => Complete("w", new NodepoolShape { LaunchTemplateId = "lt-2", DiskSize = 9 }, old)).Id);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("-x", false)]
    [InlineData("a b", false)]
    [InlineData("ä", false)]
    [InlineData("a.b", false)]
    [InlineData("0_a-B", true)]
    public void Names_are_looked_at_before_the_service_is_asked(string name, bool isTaken)
    {
        if (isTaken)
            Assert.NotNull(Complete(name, new NodepoolShape()));
        else
            Assert.Equal(("NodepoolNameInvalid", FailureKind.InvalidArgument), (Refused(() => Complete(name, new NodepoolShape())) is var f ? (f.Id, f.Kind) : default));
    }

    [Fact]
    public void Names_have_an_end_and_are_had_once()
    {
        Assert.NotNull(Complete(new string('a', 63), new NodepoolShape()));
        Assert.Equal("NodepoolNameInvalid", Refused(() => Complete(new string('a', 64), new NodepoolShape())).Id);
        Assert.Equal(("NodepoolExists", FailureKind.AlreadyExists), (Refused(() => Complete("first", new NodepoolShape())) is var f ? (f.Id, f.Kind) : default));
    }

    [Theory]
    [InlineData(2, 1, null)]
    [InlineData(-1, 1, null)]
    [InlineData(0, 0, null)]
    [InlineData(2, 4, 1)]
    [InlineData(2, 4, 5)]
    public void Sizes_fit_together(int min, int max, int? desired) =>
        Assert.Equal("NodepoolSizeInvalid", Refused(() => Complete("w", new NodepoolShape { MinSize = min, MaxSize = max, DesiredSize = desired })).Id);

    [Fact]
    public void A_version_that_is_not_the_cluster_s_and_an_image_that_is_no_longer_made_are_refused()
    {
        Assert.Equal("1.32", Complete("w", new NodepoolShape { Version = "1.32" }).Version);
        Assert.Equal("NodepoolVersionInvalid", Refused(() => Complete("w", new NodepoolShape { Version = "1.33" })).Id);
        Assert.Equal("AL2_x86_64", Complete("w", new NodepoolShape { AmiType = "AL2_x86_64" }).AmiType);
        var failure = Refused(() => new NodegroupPlan(s_green with { Version = "1.33" }, [s_first]).Complete("w", new NodepoolShape { AmiType = "AL2_ARM_64" }, null));
        Assert.Equal("AmiTypeRetired", failure.Id);
        Assert.Contains("AL2023_ARM_64_STANDARD", failure.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public void One_number_of_unavailable_nodes_takes_the_place_of_the_other()
    {
        var old = Old(new NodepoolShape { NodeRole = "r", Subnet = ["s"], MaxUnavailable = 2 });
        var shape = Complete("w", new NodepoolShape { MaxUnavailablePercentage = 30 }, old);
        Assert.Equal((null, 30), (shape.MaxUnavailable, shape.MaxUnavailablePercentage));
    }

    [Fact]
    public void A_pool_of_labels_can_t_be_copied() => Assert.Equal(
        "NodepoolNotCopied", Refused(() => Complete("w", new NodepoolShape(), new Nodepool { Name = "x", Provider = "Labels", Selector = "x=y" })).Id);

    private static Nodepool Old(NodepoolShape shape) => new() { Name = "workers", Provider = "EKS", Selector = "eks.amazonaws.com/nodegroup=workers", Shape = shape };

    private static NodegroupPlan Plan(params Nodegroup[] groups) => new(s_green, groups);

    private static NodegroupPlan Elsewhere(params Nodegroup[] groups) => new(s_green, groups) { IsElsewhere = true };

    private static NodepoolShape Complete(string name, NodepoolShape given, Nodepool? like = null) => Plan(s_first).Complete(name, given, like);

    private static Failure Refused(Func<NodepoolShape> complete) => Assert.Throws<UpgradeException>(complete).Failure;
}
