using KonUpgrade.Engine.Nodepools.Places;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>What is sure of nodes before they are there: only that keeps a pod off.</summary>
public sealed class ComingNodesTests
{
    private static readonly NodepoolShape s_shape = new()
    {
        InstanceType = ["m6i.large", "m6a.large"],
        AmiType = "AL2023_ARM_64_STANDARD",
        Label = new Dictionary<string, string> { ["tier"] = "web" },
        Taint = [new NodepoolTaint("soft", null, "PreferNoSchedule")],
    };

    [Theory]
    [InlineData("""{"nodeSelector":{"pool":"workers"}}""", "have pool=workers-2, and its nodeSelector asks for pool=workers")]
    [InlineData("""{"nodeSelector":{"pool":"workers-2","tier":"web"}}""", null)]
    [InlineData("""{"nodeSelector":{"tier":"api"}}""", "have tier=web, and its nodeSelector asks for tier=api")]
    // The old pool had it, and the new one is made without.
    [InlineData("""{"nodeSelector":{"was":"here"}}""", "have no label was, and its nodeSelector asks for was=here")]
    // Who knows what else its nodes will carry.
    [InlineData("""{"nodeSelector":{"disk":"ssd","topology.kubernetes.io/zone":"a"}}""", null)]
    [InlineData("""{"nodeSelector":{"node.kubernetes.io/instance-type":"m6a.large"}}""", null)]
    [InlineData("""{"nodeSelector":{"node.kubernetes.io/instance-type":"m5.large"}}""", "have node.kubernetes.io/instance-type=m6i.large or m6a.large, and its nodeSelector asks for node.kubernetes.io/instance-type=m5.large")]
    [InlineData("""{"nodeSelector":{"kubernetes.io/arch":"amd64"}}""", "have kubernetes.io/arch=arm64, and its nodeSelector asks for kubernetes.io/arch=amd64")]
    [InlineData("""{"nodeSelector":{"kubernetes.io/hostname":"old-1"}}""", "have names of their own, and its nodeSelector asks for kubernetes.io/hostname=old-1")]
    public void A_selector_is_held_against_what_is_known(string spec, string? obstacle) => Assert.Equal(obstacle, Coming(s_shape).Obstacle(Drained.Pod("x", spec: spec).Needs));

    [Theory]
    [InlineData("""{"key":"pool","operator":"In","values":["workers"]}""", false)]
    [InlineData("""{"key":"pool","operator":"NotIn","values":["workers"]}""", true)]
    [InlineData("""{"key":"was","operator":"Exists"}""", false)]
    [InlineData("""{"key":"was","operator":"DoesNotExist"}""", true)]
    [InlineData("""{"key":"tier","operator":"DoesNotExist"}""", false)]
    [InlineData("""{"key":"kubernetes.io/hostname","operator":"Exists"}""", true)]
    [InlineData("""{"key":"kubernetes.io/hostname","operator":"NotIn","values":["old-1"]}""", true)]
    [InlineData("""{"key":"kubernetes.io/hostname","operator":"In","values":["old-1"]}""", false)]
    [InlineData("""{"key":"node.kubernetes.io/instance-type","operator":"In","values":["m6a.large"]}""", true)]
    [InlineData("""{"key":"disk","operator":"In","values":["ssd"]}""", true)]
    public void A_required_affinity_is_held_against_what_is_known(string requirement, bool mayFit)
    {
        var spec = """{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[THIS]}]}}}}""".Replace("THIS", requirement, StringComparison.Ordinal);
        Assert.Equal(mayFit, Coming(s_shape).Obstacle(Drained.Pod("x", spec: spec).Needs) is null);
    }

    [Fact]
    public void Taints_of_the_shape_keep_off_what_does_not_tolerate_them()
    {
        var tainted = Coming(s_shape with { Taint = [new NodepoolTaint("gpu", "a", "NoSchedule")] });
        Assert.Equal("have the taint gpu that it does not tolerate", tainted.Obstacle(Drained.Pod("x").Needs));
        Assert.Null(tainted.Obstacle(Drained.Pod("x", spec: """{"tolerations":[{"key":"gpu","operator":"Exists"}]}""").Needs));
        Assert.Null(Coming(s_shape).Obstacle(Drained.Pod("x").Needs));
    }

    [Fact]
    public void A_launch_template_may_bring_labels_that_nobody_tells()
    {
        var templated = Coming(s_shape with { LaunchTemplateName = "ours" });
        Assert.Null(templated.Obstacle(Drained.Pod("x", spec: """{"nodeSelector":{"was":"here","kubernetes.io/arch":"amd64"}}""").Needs));
        Assert.NotNull(templated.Obstacle(Drained.Pod("x", spec: """{"nodeSelector":{"pool":"workers"}}""").Needs));
    }

    private static ComingNodes Coming(NodepoolShape shape) => new(
        "workers-2",
        shape,
        new Nodepool
        {
            Name = "workers",
            Provider = "Told",
            Selector = "pool=workers",
            Shape = new NodepoolShape { Label = new Dictionary<string, string> { ["tier"] = "web", ["was"] = "here" } },
        });
}
