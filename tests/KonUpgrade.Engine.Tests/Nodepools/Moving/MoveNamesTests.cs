using KonUpgrade.Engine.Nodepools.Moving;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools.Moving;

/// <summary>What a new pool is called, how it is known again, and in what it is otherwise.</summary>
public sealed class MoveNamesTests
{
    private static readonly string s_long = new('w', 63);

    [Theory]
    [InlineData("workers", "", "workers-2")]
    [InlineData("workers", "workers-2,workers-3", "workers-4")]
    [InlineData("workers-2", "workers", "workers-3")]
    [InlineData("workers-9", "", "workers-10")]
    [InlineData("general-v34", "", "general-v34-2")]
    [InlineData("spot-20250101", "", "spot-20250101-2")]
    [InlineData("spot-20250101-2", "", "spot-20250101-3")]
    [InlineData("kon-nodepool-20260301-1530", "", "kon-nodepool-20260301-1530-2")]
    [InlineData("kon-nodepool-20260301-0915-2", "", "kon-nodepool-20260301-0915-3")]
    [InlineData("-7", "", "-7-2")]
    public void The_new_name_is_the_old_one_with_the_next_free_number(string old, string taken, string expected) =>
        Assert.Equal(expected, MoveNames.Next(old, taken.Split(',').ToHashSet()));

    [Fact]
    public void A_name_that_is_as_long_as_can_be_stays_so()
    {
        var name = MoveNames.Next(s_long, new HashSet<string> { $"{s_long[..61]}-2" });
        Assert.Equal($"{s_long[..61]}-3", name);
    }

    [Fact]
    public void An_order_has_the_same_token_in_every_process_and_another_one_for_whatever_differs()
    {
        var old = Pool("workers", "arn:x/1");
        var shape = new NodepoolShape { MaxSize = 3, Label = new Dictionary<string, string> { ["tier"] = "web" } };
        var token = Token();
        Assert.Equal(token, Token());
        Assert.True(Guid.TryParse(token, out _));
        string[] others =
        [
            MoveNames.Token("uid-2", old, "workers-2", shape, 1), MoveNames.Token("uid", Pool("workers", "arn:x/2"), "workers-2", shape, 1), MoveNames.Token("uid", old, "workers-3", shape, 1),
            MoveNames.Token("uid", old, "workers-2", shape with { MaxSize = 4 }, 1), MoveNames.Token("uid", old, "workers-2", shape, 2),
        ];
        Assert.Equal(6, others.Append(token).Distinct().Count());

        string Token() => MoveNames.Token("uid", old, "workers-2", shape with { }, 1);
    }

    [Fact]
    public void A_mark_names_the_pool_and_no_other_of_its_name()
    {
        var mark = MoveMark.Of(Pool("workers", "arn:aws:eks:eu-central-1:1:nodegroup/blue/workers/af5c"));
        Assert.Equal("workers/af5c", mark.ToString());
        var made = Pool("workers-2", "arn:x/2") with { Shape = mark.Put(new NodepoolShape { Tag = new Dictionary<string, string> { ["team"] = "shop" } }) };
        Assert.Equal((mark, 2), (MoveMark.On(made), made.Shape.Tag!.Count));
        Assert.NotEqual(mark, MoveMark.Of(Pool("workers", "arn:aws:eks:eu-central-1:1:nodegroup/blue/workers/0000")));
        Assert.Null(MoveMark.On(Pool("workers", "arn:x/1")));
    }

    [Fact]
    public void Only_what_was_asked_for_is_a_difference()
    {
        var made = new NodepoolShape
        {
            MinSize = 1,
            MaxSize = 3,
            InstanceType = ["m5.large", "m5a.large"],
            Subnet = ["b", "a"],
            Taint = [new("x", null, "NoSchedule")],
            Label = new Dictionary<string, string> { ["tier"] = "web", ["own"] = "1" },
            NodeRepair = false,
        };
        Assert.Empty(ShapeDifferences.Of(new NodepoolShape { MinSize = 1, Subnet = ["a", "b"], InstanceType = ["m5.large", "m5a.large"], Label = new Dictionary<string, string> { ["tier"] = "web" } }, made));
        Assert.Equal(
            ["InstanceType is m5.large, m5a.large, and m6i.large was asked for", "Taint is x:NoSchedule, and none was asked for", "NodeRepair is False, and True was asked for", "Label tier is web, and api was asked for", "Tag team is not said, and shop was asked for"],
            ShapeDifferences.Of(
                new NodepoolShape
                {
                    InstanceType = ["m6i.large"],
                    Taint = [],
                    NodeRepair = true,
                    Label = new Dictionary<string, string> { ["tier"] = "api" },
                    Tag = new Dictionary<string, string> { ["team"] = "shop" },
                },
                made));
    }

    private static Nodepool Pool(string name, string id) => new() { Name = name, Provider = "EKS", Selector = name, Id = id };
}
