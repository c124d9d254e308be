using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Nodepools.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

public sealed class NodeSuspensionTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"unschedulable":true}""")]
    [InlineData("""{"taints":[{"effect":"NoSchedule","key":"gpu","value":"a"}]}""")]
    [InlineData("""{"taints":[{"effect":"NoExecute","key":"konupgrade.dev/suspended"}],"unschedulable":true}""")]
    [InlineData("""{"taints":[{"effect":"NoSchedule","key":"konupgrade.dev/suspended"}]}""")]
    public void Suspended_twice_and_resumed_once_a_node_is_as_it_was(string spec)
    {
        var before = Node(spec);
        var suspended = Patched(before, NodeSuspension.Suspend(Drained.Parse(before))!);
        Assert.True(JsonNode.Parse(suspended)!["spec"]!["unschedulable"]!.GetValue<bool>());
        Assert.Contains(JsonNode.Parse(suspended)!["spec"]!["taints"]!.AsArray(), t => t!["key"]!.GetValue<string>() == NodeSuspension.Taint && t["effect"]!.GetValue<string>() == "NoSchedule");
        Assert.Null(NodeSuspension.Suspend(Drained.Parse(suspended)));
        var resumed = Patched(suspended, NodeSuspension.Resume(Drained.Parse(suspended))!);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before), JsonNode.Parse(resumed)), resumed);
        Assert.Null(NodeSuspension.Resume(Drained.Parse(resumed)));
    }

    [Fact]
    public void A_node_that_somebody_uncordoned_meanwhile_is_cordoned_again_and_what_was_first_is_kept()
    {
        var suspended = Patched(Node("{}"), NodeSuspension.Suspend(Drained.Parse(Node("{}")))!);
        var meddled = JsonNode.Parse(suspended)!;
        meddled["spec"]!.AsObject().Remove("unschedulable");
        meddled["spec"]!["taints"]!.AsArray().Add(new JsonObject { ["key"] = "later", ["effect"] = "NoSchedule" });
        var again = Patched(meddled.ToJsonString(), NodeSuspension.Suspend(Drained.Parse(meddled.ToJsonString()))!);
        var resumed = JsonNode.Parse(Patched(again, NodeSuspension.Resume(Drained.Parse(again))!))!;
        Assert.Equal("""{"taints":[{"key":"later","effect":"NoSchedule"}]}""", resumed["spec"]!.ToJsonString());
    }

    [Fact]
    public void Nothing_is_changed_over_a_version_that_was_not_read()
    {
        Assert.Equal("7", JsonNode.Parse(NodeSuspension.Suspend(Drained.Parse(Node("{}"))))!["metadata"]!["resourceVersion"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("[]")]
    [InlineData("""{"cordoned":"yes"}""")]
    public void A_damaged_annotation_is_told_and_nothing_is_guessed(string text)
    {
        var node = JsonNode.Parse(Node("""{"unschedulable":true}"""))!;
        node["metadata"]!["annotations"] = new JsonObject { [NodeSuspension.Annotation] = text };
        Assert.Equal("NodeStateDamaged", Assert.Throws<UpgradeException>(() => NodeSuspension.Resume(Drained.Parse(node.ToJsonString()))).Failure.Id);
        Assert.Equal("NodeStateDamaged", Assert.Throws<UpgradeException>(() => NodeSuspension.Suspend(Drained.Parse(node.ToJsonString()))).Failure.Id);
    }

    private static string Node(string spec) => $$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"old-1","resourceVersion":"7","annotations":{"mine":"x"} },"spec":{{spec}}}""";

    // RFC 7386, as the server does it.
    private static string Patched(string before, byte[] patch)
    {
        var target = JsonNode.Parse(before)!.AsObject();
        Merge(target, JsonNode.Parse(Encoding.UTF8.GetString(patch))!.AsObject());
        return target.ToJsonString();
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject inner)
                Merge(target[name] as JsonObject ?? Made(target, name), inner);
            else
                target[name] = value.DeepClone();
        }
    }

    private static JsonObject Made(JsonObject target, string name)
    {
        var made = new JsonObject();
        target[name] = made;
        return made;
    }
}
