using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Providers.Konstellation;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools.Konstellation;

/// <summary>What a new pool of Konstellation is made with beyond what EKS needs.</summary>
public sealed class KonstellationPlanTests
{
    private static readonly ClusterFacts s_facts = new("arn:role/kon", ["subnet-1"], ["sg-1"]);

    [Theory]
    [InlineData("m5.large", 33, "AL2023_x86_64_STANDARD")]
    [InlineData("m5.large", 29, "AL2_x86_64")]
    [InlineData("g4dn.xlarge", 29, "AL2_x86_64_GPU")]
    [InlineData("p3dn.24xlarge", 30, "AL2023_x86_64_NVIDIA")]
    [InlineData("m6gd.large", 33, "AL2023_ARM_64_STANDARD")]
    [InlineData("t4g.medium", 29, "AL2_ARM_64")]
    [InlineData("g5g.xlarge", 33, "AL2023_ARM_64_NVIDIA")]
    [InlineData("m7i-flex.large", 33, "AL2023_x86_64_STANDARD")]
    [InlineData("u-6tb1.metal", 33, null)]
    public void The_image_follows_from_the_instance_type(string type, int minor, string? image) =>
        Assert.Equal(image, Plan(minor: minor).Asked(new NodepoolShape { InstanceType = [type] }).AmiType);

    [Theory]
    [InlineData(null, null, null, 2, 2, 2)]
    [InlineData(null, 4, null, 2, 4, 2)]
    [InlineData(null, 1, null, 1, 1, 1)]
    [InlineData(null, null, 5, 2, 5, 5)]
    [InlineData(0, null, null, 0, 1, 0)]
    [InlineData(3, 9, 4, 3, 9, 4)]
    public void Sizes_that_are_not_said_are_those_with_which_kon_begins(int? min, int? max, int? desired, int expectedMin, int expectedMax, int expectedDesired)
    {
        var asked = Plan().Asked(new NodepoolShape { MinSize = min, MaxSize = max, DesiredSize = desired });
        Assert.Equal((expectedMin, expectedMax, expectedDesired), (asked.MinSize, asked.MaxSize, asked.DesiredSize));
    }

    [Fact]
    public void What_is_copied_is_not_asked_for()
    {
        var like = Like(new NodepoolShape { MinSize = 1, MaxSize = 3, DesiredSize = 2, DiskSize = 20, AmiType = "BOTTLEROCKET_x86_64", NodeRole = "own", Subnet = ["subnet-0"], InstanceType = ["m5.large"] });
        Assert.Equal(new NodepoolShape(), Plan(like, isHere: true).Asked(new NodepoolShape()));
        var elsewhere = Plan(like).Asked(new NodepoolShape());
        Assert.Equal(("arn:role/kon", "subnet-1", null, null), (elsewhere.NodeRole, elsewhere.Subnet![0], elsewhere.DiskSize, elsewhere.AmiType));
        var given = Plan().Asked(new NodepoolShape { NodeRole = "given", Subnet = ["subnet-2"], DiskSize = 9, AmiType = "CUSTOM" });
        Assert.Equal(("given", "subnet-2", 9, "CUSTOM"), (given.NodeRole, given.Subnet![0], given.DiskSize, given.AmiType));
    }

    [Fact]
    public void With_a_launch_template_nothing_is_said_that_it_says()
    {
        var asked = Plan().Asked(new NodepoolShape { LaunchTemplateName = "nodes", InstanceType = ["m5.large"], Ec2SshKey = "ops" });
        Assert.Equal((null, null, null), (asked.DiskSize, asked.AmiType, asked.SourceSecurityGroup));
        Assert.Null(Plan().Made("w", new NodepoolShape(), new NodepoolShape { LaunchTemplateName = "nodes" }).InstanceType);
        var spec = NodepoolSpec.Write(new NodepoolShape { LaunchTemplateName = "nodes", MinSize = 1, MaxSize = 2 });
        Assert.Equal(("", 0, ""), ((string?)spec["machineType"], (int?)spec["diskSizeGiB"], (string?)spec["aws"]!["amiType"]));
    }

    [Fact]
    public void Ssh_is_let_in_from_the_groups_of_the_ClusterConfig_and_an_open_pool_stays_open()
    {
        var key = new NodepoolShape { Ec2SshKey = "ops" };
        Assert.Equal(["sg-1"], Plan().Asked(key).SourceSecurityGroup!);
        Assert.Equal(["sg-2"], Plan().Asked(key with { SourceSecurityGroup = ["sg-2"] }).SourceSecurityGroup!);
        Assert.Null(Plan().Asked(new NodepoolShape()).SourceSecurityGroup);
        var open = Like(new NodepoolShape { Ec2SshKey = "ops" });
        Assert.Null(Plan(open, isHere: true).Asked(new NodepoolShape()).SourceSecurityGroup);
        Assert.Null(Plan(open).Asked(new NodepoolShape()).SourceSecurityGroup);
        var guarded = Like(new NodepoolShape { Ec2SshKey = "ops", SourceSecurityGroup = ["sg-blue"] });
        Assert.Null(Plan(guarded, isHere: true).Asked(new NodepoolShape()).SourceSecurityGroup);
        Assert.Equal(["sg-1"], Plan(guarded).Asked(new NodepoolShape()).SourceSecurityGroup!);
        Assert.True((bool?)NodepoolSpec.Write(key)["aws"]!["connectFromAnywhere"]);
        Assert.False((bool?)NodepoolSpec.Write(key with { SourceSecurityGroup = ["sg"] })["aws"]!["connectFromAnywhere"]);
    }

    [Fact]
    public void The_autoscaler_has_what_may_grow_a_copy_as_its_model_and_what_a_tag_says()
    {
        var grows = new NodepoolShape { InstanceType = ["m5.large"], MinSize = 1, MaxSize = 3 };
        var tags = new Dictionary<string, string> { ["k8s.io/cluster-autoscaler/enabled"] = "true", ["k8s.io/cluster-autoscaler/green"] = "owned" };
        Assert.Equal(tags, Made(null, new NodepoolShape(), grows).Tag);
        Assert.Null(Made(null, new NodepoolShape(), grows with { MaxSize = 1 }).Tag);
        Assert.Null(Made(Like(new NodepoolShape()), new NodepoolShape(), grows).Tag);
        var team = grows with { Tag = new Dictionary<string, string> { ["team"] = "web" } };
        // The tags that are given take the place of those that the model has, and it stays the autoscaler's all the same.
        Assert.Equal(3, Made(Like(new NodepoolShape { Tag = tags }), team with { InstanceType = null }, team).Tag!.Count);
        var off = new NodepoolShape { Tag = new Dictionary<string, string> { ["k8s.io/cluster-autoscaler/enabled"] = "false" } };
        Assert.Single(Made(null, off, grows with { Tag = off.Tag }).Tag!);
        Assert.False((bool?)NodepoolSpec.Write(off)["autoscale"]);
        Assert.True((bool?)NodepoolSpec.Write(grows with { Tag = tags })["autoscale"]);

        static NodepoolShape Made(Nodepool? like, NodepoolShape given, NodepoolShape completed) => Plan(like).Made("w", given, completed);
    }

    [Fact]
    public void Gpus_are_told_by_the_image()
    {
        foreach (var (image, needs) in new[] { ("AL2_x86_64_GPU", true), ("BOTTLEROCKET_ARM_64_NVIDIA", true), ("AL2023_x86_64_STANDARD", false), ("AL2023_x86_64_NEURON", false) })
            Assert.Equal(needs, (bool?)NodepoolSpec.Write(new NodepoolShape { AmiType = image })["requiresGPU"]);
    }

    private static KonstellationPlan Plan(Nodepool? like = null, bool isHere = false, int minor = 33) => new(s_facts, "green", new ServerVersion(1, minor, $"v1.{minor}.0")) { Like = like, IsHere = isHere };

    private static Nodepool Like(NodepoolShape shape) => new() { Name = "workers", Provider = "Konstellation", Selector = "x", Shape = shape };
}
