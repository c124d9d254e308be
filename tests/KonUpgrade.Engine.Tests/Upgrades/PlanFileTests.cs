using System.Text;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class PlanFileTests
{
    [Fact]
    public async Task A_plan_comes_back_from_its_file_as_it_was()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "plan.yaml");
        var plan = TestPlans.Whole() with
        {
            Selection = new ClusterConfigSelection { Namespace = ["shop"], LabelSelector = "tier=web" },
            Secret = SecretHandling.Encrypt,
            Volume = VolumeHandling.Static,
            AllowOutward = ["Ingress"],
        };
        await PlanFile.SaveAsync(plan, path, TestContext.Current.CancellationToken);
        var reporter = new RecordingReporter();
        var read = await PlanFile.LoadAsync(path, reporter, TestContext.Current.CancellationToken);
        Assert.Equal(Text(plan), Text(read));
        Assert.Equal(PlanJson.DigestOf(plan), PlanJson.DigestOf(read));
        Assert.Equal("2", read.Steps.Single(s => s.Id == "catch-up").Setting["rounds"]);
    }

    [Fact]
    public void A_person_may_leave_out_what_a_kind_of_step_knows_by_itself()
    {
        var (plan, unknown) = Read(Minimal("- {id: wait, kind: WaitForCluster, timeout: 90s}"));
        Assert.Empty(unknown);
        var step = Assert.Single(plan.Steps);
        Assert.Equal((UpgradeSide.Blue, UpgradeRisk.None, "wait"), (step.Target, step.Risk, step.Title));
        Assert.Equal("90s", StepKind.ValueOf(step, "timeout"));
        Assert.Equal("10s", StepKind.ValueOf(step, "interval"));
    }

    [Fact]
    public void Steps_may_stand_in_any_order_and_are_put_into_one_that_works()
    {
        var (plan, _) = Read(Minimal("- {id: b, kind: WaitForCluster, after: [a]}\n- {id: a, kind: WaitForCluster}"));
        Assert.Equal(["a", "b"], plan.Steps.Select(s => s.Id));
    }

    [Theory]
    [InlineData("- {id: A, kind: WaitForCluster}", 8, 4, "'A' is no step's id")]
    [InlineData("- {id: a, kind: Wait}", 8, 11, "There is no kind of step 'Wait'. There are: WaitForCluster")]
    [InlineData("- {id: a, kind: WaitForCluster, timeout: soon}", 8, 33, "such as 30m or 90s")]
    [InlineData("- {id: a, kind: WaitForCluster, nodes: -1}", 8, 33, "whole number")]
    [InlineData("- {id: a, kind: WaitForCluster, rounds: 1}", 8, 33, "has no field 'rounds'")]
    [InlineData("- {id: a, kind: WaitForCluster, timeout: ''}", 8, 33, "must not be empty")]
    [InlineData("- {id: a, kind: SwitchTraffic, hosts: []}", 8, 32, "'' is not what hosts can be: it must not be empty")]
    [InlineData("- {id: a, kind: SwitchTraffic, hosts: ''}", 8, 32, "must not be empty")]
    [InlineData("- {id: a, kind: SwitchTraffic, hosts: ['']}", 8, 32, "must not be empty")]
    [InlineData("- {id: a, kind: SwitchTraffic, hosts: [shop.example.com, '']}", 8, 32, "none of its texts may be empty")]
    [InlineData("- {id: a, kind: SwitchTraffic, hosts: ~}", 8, 11, "needs the field 'hosts'")]
    [InlineData("- {id: a, kind: SwitchTraffic, hosts: ['http://shop.example.com/']}", 8, 32, "'http://shop.example.com/' is no host name")]
    [InlineData("- {id: a, kind: SwitchTraffic, hosts: [shop.example.com], status: [abc]}", 8, 59, "'abc' is no status of HTTP")]
    [InlineData("- {id: a, kind: MakeNodepools, pools: []}", 8, 32, "must not be empty")]
    [InlineData("- {id: a, kind: WaitForCluster, gate: 1}", 8, 39, "must be a string")]
    [InlineData("- {id: a, kind: WaitForCluster, gate: Nobody}", 8, 33, "'Nobody' is none of None, Approval, Script")]
    [InlineData("- {id: a, kind: ExportConfig, target: None}", 8, 31, "is about Blue or Green, not None")]
    [InlineData("- {id: a, kind: ReleaseWorkload}", 8, 11, "needs the field 'class'")]
    [InlineData("- {id: a, kind: External, task: x}", 8, 11, "Nothing proves that step 'a' is done")]
    [InlineData("- {id: a, kind: WaitForCluster}\n- {id: a, kind: WaitForCluster}", 9, 4, "Two steps have the id 'a'")]
    [InlineData("- {id: a, kind: WaitForCluster, after: [b]}", 8, 33, "waits for 'b', which is no step")]
    [InlineData("- {id: a, kind: WaitForCluster, after: [b]}\n- {id: b, kind: WaitForCluster, after: [a]}", 8, 33, "circle: a → b → a")]
    [InlineData("- {id: a, kind: WaitForCluster}\n- {id: i, kind: ImportConfig, export: a, after: [a]}", 9, 31, "'a', which is of kind WaitForCluster; it needs ExportConfig")]
    [InlineData("- {id: e, kind: ExportConfig}\n- {id: i, kind: ImportConfig, export: e}", 9, 3, "uses 'e', and does not wait for it")]
    public void What_is_wrong_with_a_step_is_told_with_its_place(string steps, int line, int column, string reason)
    {
        var failure = Assert.Throws<UpgradeException>(() => Read(Minimal(steps))).Failure;
        Assert.StartsWith($"plan.yaml, line {line}, column {column}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Equal(("InvalidPlan", FailureKind.ParserError), (failure.Id, failure.Kind));
    }

    [Theory]
    [InlineData("clusterUid: g", "clusterUid: b", "Blue and green are the same cluster")]
    [InlineData("kind: UpgradePlan", "kind: UpgradeSystem", "The text is no plan")]
    [InlineData("konupgrade.dev/v1", "konupgrade.dev/v2", "konupgrade.dev/v2")]
    [InlineData("name: shop", "name: Shop", "'Shop' is no plan's name")]
    [InlineData("system: Kubernetes", "systems: Kubernetes", "system must be there")]
    public void What_is_wrong_with_a_plan_is_told(string right, string wrong, string reason)
    {
        var text = Minimal("- {id: a, kind: WaitForCluster}").Replace(right, wrong, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<UpgradeException>(() => Read(text)).Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_field_below_the_plan_is_named()
    {
        var (_, unknown) = Read(Minimal("- {id: a, kind: WaitForCluster}").Replace("name: shop", "name: shop, colour: teal", StringComparison.Ordinal));
        Assert.Equal(["metadata.colour (line 3)"], unknown);
    }

    [Theory]
    [InlineData("selektion: {namespace: [shop]}", 1, "Nothing knows the field selektion. Did you mean selection?")]
    [InlineData("namespace: [shop]", 1, "Nothing knows the field namespace. There are allowOutward, ")]
    [InlineData("selection: {namespaces: [shop]}", 13, "Nothing knows the field selection.namespaces. Did you mean namespace?")]
    [InlineData("selection: {namespace: [shop], kinds: [App]}", 32, "Did you mean kind?")]
    [InlineData("selection: {namespace: []}", 13, "selection.namespace is there and says nothing")]
    [InlineData("selection: {namespace: ['']}", 13, "selection.namespace is there and says nothing")]
    [InlineData("selection: {namespace: }", 13, "selection.namespace is there and says nothing")]
    [InlineData("selection: {namespace: [shop], kind: []}", 32, "selection.kind is there and says nothing")]
    [InlineData("selection: {labelSelector: ''}", 13, "selection.labelSelector is there and says nothing")]
    [InlineData("selection: {}", 1, "selection is there and says nothing")]
    [InlineData("selection:", 1, "selection is there and says nothing")]
    public void What_would_move_more_than_is_meant_is_told_with_its_place(string line, int column, string reason)
    {
        var failure = Assert.Throws<UpgradeException>(() => Read(Minimal("- {id: a, kind: WaitForCluster}") + line + "\n")).Failure;
        Assert.StartsWith($"plan.yaml, line 9, column {column}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Equal(("InvalidPlan", FailureKind.ParserError), (failure.Id, failure.Kind));
    }

    [Fact]
    public void What_a_plan_takes_away_from_its_steps_comes_back_from_its_file()
    {
        var (plan, _) = Read(Minimal("- {id: a, kind: TestReadiness, exclude: []}\n- {id: b, kind: External, target: Blue, task: x, object: App.k11n.dev/shop, field: spec.hold, value: ''}"));
        Assert.Equal("", plan.Steps[0].Setting["exclude"]);
        Assert.Equal("", plan.Steps[1].Setting["value"]);
        Assert.Equal(PlanJson.DigestOf(plan), PlanJson.DigestOf(PlanFile.Check(plan)));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_told()
    {
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => PlanFile.LoadAsync("/nowhere/plan.yaml", NullReporter.Instance, TestContext.Current.CancellationToken))).Failure;
        Assert.Equal(("PlanFileNotFound", FailureKind.NotFound), (failure.Id, failure.Kind));
    }

    private static string Text(UpgradePlan plan) => JsonTree.Text(PlanJson.Of(plan))!;

    private static (UpgradePlan Plan, IReadOnlyList<string> Unknown) Read(string text) => PlanFile.Read(Encoding.UTF8.GetBytes(text), "plan.yaml");

    private static string Minimal(string steps) =>
        $$"""
        apiVersion: konupgrade.dev/v1
        kind: UpgradePlan
        metadata: {name: shop}
        system: Kubernetes
        blue: {context: blue, clusterUid: b}
        green: {context: green, clusterUid: g}
        steps:
        {{steps}}

        """;
}
