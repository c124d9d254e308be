using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;
using static KonUpgrade.Engine.Tests.Upgrades.TestPlans;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class PlanCheckTests
{
    [Fact]
    public void The_whole_way_is_right() => Assert.Null(PlanCheck.Of(Whole().Steps));

    [Fact]
    public void Greens_schedulers_do_not_start_before_blues_are_quiet()
    {
        var steps = Without("schedule", "scale-down");
        var problem = PlanCheck.Of([.. steps, Step("schedule", StepKind.ReleaseWorkload, ["import"], UpgradeSide.Green, ("class", "All"))]);
        Assert.Equal(("schedule", "Step 'schedule' needs that blue's scheduled workloads are quiet, and no step before it does that."), (problem?.StepId, problem?.Reason));
    }

    [Fact]
    public void A_step_that_undoes_what_a_later_one_needs_is_told()
    {
        var steps = Whole().Steps.Select(s => s.Id == "schedule" ? s with { After = ["catch-up", "wake"] } : s).ToList();
        steps.Add(Step("wake", StepKind.ReleaseWorkload, ["quiet"], UpgradeSide.Blue, ("class", "Scheduled")));
        var problem = PlanCheck.Of(steps);
        Assert.Equal("wake", problem?.StepId);
        Assert.Contains("'wake' undoes that before it, or may", problem?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_come_between_counts_as_if_it_did()
    {
        Assert.NotNull(PlanCheck.Of([.. Whole().Steps, Step("wake", StepKind.ReleaseWorkload, ["quiet"], UpgradeSide.Blue, ("class", "Scheduled"))]));
        Assert.Null(PlanCheck.Of([.. Whole().Steps, Step("wake", StepKind.ReleaseWorkload, ["scale-down"], UpgradeSide.Blue, ("class", "Scheduled"))]));
    }

    [Fact]
    public void Blue_serves_until_green_does()
    {
        var problem = PlanCheck.Of([.. Whole().Steps.Select(s => s.Id == "scale-down" ? s with { After = ["import"] } : s)]);
        Assert.Equal("Step 'scale-down' needs that green's serving workloads run, and no step before it does that.", problem?.Reason);
    }

    [Fact]
    public void Two_steps_do_not_change_one_cluster_side_by_side()
    {
        var problem = PlanCheck.Of([.. Without("schedule", "scale-down"), Step("beside", StepKind.ReleaseWorkload, ["import"], UpgradeSide.Green, ("class", "Serving"))]);
        Assert.Contains("both change green, and neither waits for the other", problem?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_arrive_held_waits_until_blue_is_quiet()
    {
        var steps = Whole().Steps.Select(s => s.Id == "import" ? s with { Setting = new Dictionary<string, string> { ["export"] = "export", ["hold"] = "Serving" } } : s);
        Assert.Equal("Step 'import' needs that blue's scheduled workloads are quiet, and no step before it does that.", PlanCheck.Of([.. steps])?.Reason);
    }

    [Theory]
    [InlineData("App", "status.phase", UpgradeSide.Blue, "is no object")]
    [InlineData("App/shop", "a..b", UpgradeSide.Blue, "is no field's path")]
    [InlineData("App/shop", "status.phase", UpgradeSide.None, "does not say on which cluster")]
    public void What_proves_an_external_step_is_checked_with_the_plan(string watched, string field, UpgradeSide target, string reason) =>
        Assert.Contains(reason, PlanCheck.Of([Step("x", StepKind.External, [], target, ("object", watched), ("field", field))])?.Reason, StringComparison.Ordinal);

    [Fact]
    public void Every_kind_of_step_says_what_it_changes_and_how_it_is_undone() =>
        Assert.All(StepKind.All, kind =>
        {
            Assert.NotEmpty(kind.Changes);
            Assert.NotEmpty(kind.Undo);
            Assert.NotEmpty(kind.Sides);
        });

    [Fact]
    public void Every_systems_own_way_is_right() =>
        Assert.All(new SystemCatalog().All, system =>
        {
            var steps = UpgradePlanner.Steps(new SystemCatalog().Get(system.Name).Description, "blue-1", "green-1");
            Assert.Null(PlanCheck.Of(steps));
            Assert.All(steps, step => Assert.DoesNotContain("{", step.Title, StringComparison.Ordinal));
        });

    [Fact]
    public void A_system_leaves_out_steps_and_has_its_own_between()
    {
        var steps = Own("  omit: [quiesce-blue, schedule]\n  steps:\n  - {id: dns, kind: External, title: Point at {green}, task: Point it at green., probe: true, after: [compare], before: [catch-up]}".Replace("title: Point at {green}", "title: 'Point at {green}'", StringComparison.Ordinal));
        Assert.Equal(["as-well", "dns"], steps.Single(s => s.Id == "catch-up").After);
        Assert.Equal("Point at green", steps.Single(s => s.Id == "dns").Title);
        Assert.Equal(["serve-late", "test-host"], steps.Single(s => s.Id == "traffic").After);
    }

    [Theory]
    [InlineData("  omit: [everything]", "line 6, column 3", "'everything' is none of the steps")]
    [InlineData("  steps:\n  - {id: dns, kind: Nothing}", "line 7, column 15", "There is no kind of step 'Nothing'")]
    [InlineData("  steps:\n  - {id: dns, kind: External, probe: true, before: [nobody]}", "line 7", "'nobody' is no step")]
    [InlineData("  omit: [quiesce-blue]", "line 6", "blue's scheduled workloads are quiet, and no step before it does that")]
    public void What_is_wrong_with_a_systems_way_is_told_with_its_place(string upgrade, string place, string reason)
    {
        var failure = Assert.Throws<UpgradeException>(() => Own(upgrade)).Failure;
        Assert.Contains(place, failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    private static List<UpgradeStep> Own(string upgrade) => UpgradePlanner.Steps(
        SystemDescription.Load(System.Text.Encoding.UTF8.GetBytes($"apiVersion: konupgrade.dev/v1\nkind: UpgradeSystem\nmetadata: {{name: Own}}\ntitle: Own\nupgrade:\n{upgrade}\n"), "own.yaml"), "blue", "green");

    private static List<UpgradeStep> Without(params string[] ids) => [.. Whole().Steps.Where(s => !ids.Contains(s.Id))];
}
