using KonUpgrade.Engine.Nodepools.Draining.Filters;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>kubectl's rules of which pods a drain takes (pkg/drain/filters.go), one by one.</summary>
public sealed class PodFilterTests
{
    private const string EmptyDir = """{"volumes":[{"name":"scratch","emptyDir":{}}]}""";
    private const string MemoryEmptyDir = """{"volumes":[{"name":"scratch","emptyDir":{"medium":"Memory"}}]}""";
    private const string Mirror = """{"kubernetes.io/config.mirror":"abc"}""";

    private static readonly DrainOptions s_plain = new();

    [Fact]
    public void A_pod_of_a_controller_goes()
    {
        Assert.Equal(PodVerdict.Go, Drained.Judge(Drained.Pod("web"), s_plain).Verdict);
    }

    [Theory]
    [InlineData(0, 100, true)]
    [InlineData(30, 100, false)]
    [InlineData(100, 100, true)]
    [InlineData(200, 100, true)]
    public void A_terminating_pod_is_passed_over_only_when_its_time_was_over_for_longer_than_is_waited(int skipSeconds, int overSeconds, bool goes)
    {
        var pod = Drained.Pod("web", deleted: Drained.Now - TimeSpan.FromSeconds(overSeconds));
        var (verdict, warnings) = Drained.Judge(pod, s_plain with { SkipWaitForDeleteTimeout = TimeSpan.FromSeconds(skipSeconds) });
        Assert.Equal((goes, null), (verdict.Goes, verdict.Refusal));
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_pod_of_a_DaemonSet_that_is_there_stays_with_a_word()
    {
        var (verdict, _) = Drained.Judge(Drained.Pod("proxy", owner: "DaemonSet proxy"), s_plain with { Force = true }, ("proxy", DaemonSetState.Found));
        Assert.Equal((false, null), (verdict.Goes, verdict.Refusal));
        Assert.Contains("DaemonSet proxy", verdict.Warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Succeeded")]
    [InlineData("Failed")]
    public void A_finished_pod_of_a_DaemonSet_goes(string phase)
    {
        Assert.Equal(PodVerdict.Go, Drained.Judge(Drained.Pod("proxy", owner: "DaemonSet proxy", phase: phase), s_plain, ("proxy", DaemonSetState.Found)).Verdict);
    }

    [Fact]
    public void A_DaemonSet_is_one_of_apps_v1_alone()
    {
        Assert.True(Drained.Judge(Drained.Pod("x", owner: "DaemonSet x", ownerVersion: "apps.kruise.io/v1"), s_plain).Verdict.Goes);
    }

    [Fact]
    public void A_pod_whose_DaemonSet_is_gone_is_an_error_and_goes_by_force_with_a_word()
    {
        var pod = Drained.Pod("proxy", owner: "DaemonSet proxy");
        Assert.Equal("DaemonSetNotFound", Drained.Judge(pod, s_plain, ("proxy", DaemonSetState.Missing)).Verdict.Refusal?.Id);
        var (verdict, warnings) = Drained.Judge(pod, s_plain with { Force = true }, ("proxy", DaemonSetState.Missing));
        Assert.True(verdict.Goes);
        Assert.Contains("gone", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pod_whose_DaemonSet_cannot_be_read_is_an_error_also_by_force(bool force)
    {
        var unknown = DaemonSetState.Unknown(new Failure { Id = "Forbidden", Kind = FailureKind.PermissionDenied, Message = "daemonsets is forbidden" });
        var (verdict, _) = Drained.Judge(Drained.Pod("proxy", owner: "DaemonSet proxy"), s_plain with { Force = force }, ("proxy", unknown));
        Assert.Equal("DaemonSetUnknown", verdict.Refusal?.Id);
        Assert.Contains("daemonsets is forbidden", verdict.Refusal?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mirror_pod_is_passed_over_without_a_word()
    {
        Assert.Equal(PodVerdict.Skip, Drained.Judge(Drained.Pod("etcd", owner: "Node old-1", annotations: Mirror), s_plain).Verdict);
    }

    [Theory]
    [InlineData(EmptyDir)]
    [InlineData(MemoryEmptyDir)]
    public void An_emptyDir_of_any_medium_is_an_error_until_its_loss_is_allowed(string spec)
    {
        var pod = Drained.Pod("web", spec: spec);
        Assert.Equal("PodHasLocalData", Drained.Judge(pod, s_plain with { Force = true }).Verdict.Refusal?.Id);
        Assert.True(Drained.Judge(pod, s_plain with { DeleteEmptyDirData = true }).Verdict.Goes);
        Assert.Equal(PodVerdict.Go, Drained.Judge(Drained.Pod("web", spec: spec, phase: "Succeeded"), s_plain).Verdict);
    }

    [Fact]
    public void A_pod_without_a_controller_is_an_error_and_goes_by_force_with_a_word()
    {
        var pod = Drained.Pod("debug", owner: null);
        Assert.Equal("PodNotManaged", Drained.Judge(pod, s_plain).Verdict.Refusal?.Id);
        Assert.Contains("gone for good", Drained.Judge(pod, s_plain with { Force = true }).Verdict.Warning, StringComparison.Ordinal);
        Assert.Equal(PodVerdict.Go, Drained.Judge(Drained.Pod("debug", owner: null, phase: "Failed"), s_plain).Verdict);
    }

    [Fact]
    public void A_controller_of_any_kind_manages_a_pod()
    {
        Assert.Equal(PodVerdict.Go, Drained.Judge(Drained.Pod("nb-0", owner: "Notebook nb", ownerVersion: "kubeflow.org/v1"), s_plain).Verdict);
    }

    [Fact]
    public void The_first_rule_that_says_no_is_the_last_that_is_asked()
    {
        // Old and terminating before anything else; a mirror pod before its emptyDir and before its having no controller.
        var skip = s_plain with { SkipWaitForDeleteTimeout = TimeSpan.FromSeconds(1) };
        Assert.Equal(PodVerdict.Skip, Drained.Judge(Drained.Pod("x", owner: null, spec: EmptyDir, deleted: Drained.Now - TimeSpan.FromMinutes(1)), skip).Verdict);
        Assert.Equal(PodVerdict.Skip, Drained.Judge(Drained.Pod("x", owner: null, spec: EmptyDir, annotations: Mirror), s_plain).Verdict);
        // A DaemonSet's pod stays, whatever it keeps.
        Assert.Null(Drained.Judge(Drained.Pod("x", owner: "DaemonSet d", spec: EmptyDir), s_plain, ("d", DaemonSetState.Found)).Verdict.Refusal);
        // Its data is told before its having no controller.
        Assert.Equal("PodHasLocalData", Drained.Judge(Drained.Pod("x", owner: null, spec: EmptyDir), s_plain).Verdict.Refusal?.Id);
        var asked = new List<int>();
        new PodFilters([new Rule(asked, 1, PodVerdict.Go), new Rule(asked, 2, PodVerdict.Skip), new Rule(asked, 3, PodVerdict.Go)]).Judge(Drained.Pod("x"));
        Assert.Equal([1, 2], asked);
    }

    [Fact]
    public void The_last_word_survives_and_no_warning_is_lost()
    {
        var (verdict, warnings) = Drained.Judge(Drained.Pod("x", owner: null, spec: EmptyDir), s_plain with { Force = true, DeleteEmptyDirData = true });
        Assert.Contains("gone for good", verdict.Warning, StringComparison.Ordinal);
        Assert.Equal(2, warnings.Count);
        Assert.Contains("emptyDir", warnings[0], StringComparison.Ordinal);
        // Where the last rule has nothing to say, it has said that.
        Assert.Equal(PodVerdict.Go, Drained.Judge(Drained.Pod("x", spec: EmptyDir), s_plain with { DeleteEmptyDirData = true }).Verdict);
    }

    private sealed class Rule(List<int> asked, int number, PodVerdict verdict) : IPodFilter
    {
        PodVerdict IPodFilter.Judge(PodFacts pod)
        {
            asked.Add(number);
            return verdict;
        }
    }
}
