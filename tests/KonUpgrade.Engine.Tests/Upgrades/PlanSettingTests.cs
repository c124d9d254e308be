using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class PlanSettingTests
{
    [Fact]
    public void A_step_that_nobody_says_enough_for_is_left_out_and_told()
    {
        var told = new RecordingReporter();
        var steps = SystemSteps.For(Of("Kubernetes"), new(), told);
        Assert.DoesNotContain(steps, step => step.Id is "traffic" or "soak");
        Assert.Equal(["schedule"], steps.Single(step => step.Id == "scale-down-blue").After);
        Assert.Contains(told.Of("information"), line => line.Contains("-Setting @{ 'traffic' = @{ hosts = … } }", StringComparison.Ordinal));
        Assert.Contains(told.Of("information"), line => line.Contains("-Setting @{ 'soak' = @{ duration = … } }", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_given_counts_before_the_description_and_brings_steps()
    {
        var steps = SystemSteps.For(Of("Kubernetes"), With(("traffic", "hosts", "shop.example.com"), ("traffic", "weights", "5,25,100"), ("soak", "DURATION", "10m"), ("readiness", "exclude", "NodesReady")), new RecordingReporter());
        Assert.Equal("shop.example.com", steps.Single(step => step.Id == "traffic").Setting["hosts"]);
        Assert.Equal("10m", steps.Single(step => step.Id == "soak").Setting["duration"]);
        Assert.Equal("NodesReady", steps.Single(step => step.Id == "readiness").Setting["exclude"]);
        Assert.Equal(["traffic"], steps.Single(step => step.Id == "soak").After);
    }

    [Fact]
    public void What_a_step_must_know_is_asked_for_by_its_parameter()
    {
        var failure = Assert.Throws<UpgradeException>(() => SystemSteps.For(Of("KubeflowAws"), new(), new RecordingReporter())).Failure;
        Assert.Equal("StepSettingMissing", failure.Id);
        Assert.Contains("-Setting @{ 'snapshot' = @{ vault = …; role = … } }", failure.Recommendation, StringComparison.Ordinal);
        Assert.Contains("-Omit snapshot", failure.Recommendation, StringComparison.Ordinal);
        Assert.DoesNotContain(SystemSteps.For(Of("KubeflowAws"), new() { Omit = ["snapshot"] }, new RecordingReporter()), step => step.Id == "snapshot");
    }

    [Theory]
    [InlineData("StepSettingInvalid", "has no setting 'colour'", "soak", "colour", "red")]
    [InlineData("StepSettingInvalid", "length of time", "soak", "duration", "soon")]
    [InlineData("UnknownStep", "'nothing' is no step", "nothing", "duration", "1m")]
    [InlineData("StepSettingInvalid", "percents that rise", "traffic", "weights", "25,5,100")]
    [InlineData("StepSettingInvalid", "percents that rise", "traffic", "weights", "5,50")]
    [InlineData("StepSettingInvalid", "percents that rise", "traffic", "weights", "many")]
    [InlineData("StepSettingInvalid", "must not be empty", "traffic", "hosts", "")]
    [InlineData("StepSettingInvalid", "must not be empty", "traffic", "HOSTS", " ")]
    [InlineData("StepSettingInvalid", "none of its texts may be empty", "traffic", "hosts", "shop.example.com,")]
    [InlineData("StepSettingInvalid", "must not be empty", "traffic", "hostedZone", "")]
    [InlineData("StepSettingInvalid", "must not be empty", "traffic", "weights", "")]
    [InlineData("StepSettingInvalid", "must not be empty", "traffic-elsewhere", "hosts", "")]
    [InlineData("StepSettingInvalid", "must not be empty", "nodepools", "pools", "")]
    [InlineData("StepSettingInvalid", "must not be empty", "readiness", "include", "")]
    [InlineData("StepSettingInvalid", "must not be empty", "soak", "duration", "")]
    [InlineData("StepSettingInvalid", "must not be empty", "catch-up", "path", "")]
    [InlineData("StepSettingInvalid", "'http://shop.example.com/' is no host name", "traffic", "hosts", "www.example.com,http://shop.example.com/")]
    [InlineData("StepSettingInvalid", "'shop_x y' is no host name", "traffic", "hosts", "shop_x y")]
    [InlineData("StepSettingInvalid", "'shop' is no host name", "traffic-elsewhere", "hosts", "shop")]
    [InlineData("StepSettingInvalid", "'https://green' is no host name", "traffic-elsewhere", "redirectTo", "https://green")]
    [InlineData("StepSettingInvalid", "'green:443' is no host name", "test-host", "testHost", "green:443")]
    [InlineData("StepSettingInvalid", "'shop:80' is no host name", "soak", "hosts", "shop:80")]
    [InlineData("StepSettingInvalid", "'abc' is no status of HTTP", "traffic", "status", "200,abc")]
    [InlineData("StepSettingInvalid", "'99' is no status of HTTP", "soak", "status", "99")]
    public void What_is_given_wrongly_is_told(string id, string words, string step, string setting, string value)
    {
        var failure = Assert.Throws<UpgradeException>(() => SystemSteps.For(Of("Kubernetes"), With((step, setting, value), ("traffic", "hosts", "shop.example.com")), new RecordingReporter())).Failure;
        Assert.Equal(id, failure.Id);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_there_and_empty_takes_away_what_the_description_says_where_that_means_something()
    {
        var steps = SystemSteps.For(Of("Kubernetes"), With(("readiness", "exclude", ""), ("compare", "accept", "")), new RecordingReporter());
        Assert.Equal("", steps.Single(step => step.Id == "readiness").Setting["exclude"]);
        Assert.Equal("", steps.Single(step => step.Id == "compare").Setting["accept"]);
    }

    [Fact]
    public void Host_names_are_taken_as_people_write_them()
    {
        var steps = SystemSteps.For(Of("Kubernetes"), With(("traffic", "hosts", "Shop.Example.com., *.example.com,münchen.example"), ("traffic", "status", "200, 302")), new RecordingReporter());
        Assert.Equal("200, 302", steps.Single(step => step.Id == "traffic").Setting["status"]);
    }

    [Fact]
    public void Where_both_clusters_write_to_the_same_stores_traffic_has_no_stages()
    {
        var options = With(("snapshot", "vault", "v"), ("snapshot", "role", "r"), ("traffic", "hosts", "kubeflow.example.com"), ("traffic", "weights", "50,100"));
        Assert.Contains("its traffic goes all at once", Assert.Throws<UpgradeException>(() => SystemSteps.For(Of("KubeflowAws"), options, new RecordingReporter())).Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_another_step_needs_is_not_left_out_alone()
    {
        var failure = Assert.Throws<UpgradeException>(() => SystemSteps.For(Of("KubeflowAws"), With(("snapshot", "vault", "v"), ("snapshot", "role", "r")) with { Omit = ["back-up"] }, new RecordingReporter())).Failure;
        Assert.Equal("PlanBroken", failure.Id);
        Assert.Contains("uses 'back-up'", failure.Message, StringComparison.Ordinal);
    }

    private static Engine.Manifests.Descriptions.SystemDescription Of(string name) => new SystemCatalog().Get(name).Description;

    // Of what is given twice the first counts.
    private static UpgradePlanOptions With(params (string Step, string Setting, string Value)[] given) => new()
    {
        Setting = given.DistinctBy(one => (one.Step, one.Setting)).GroupBy(one => one.Step).ToDictionary(step => step.Key, step => (IReadOnlyDictionary<string, string>)step.ToDictionary(one => one.Setting, one => one.Value)),
    };
}
