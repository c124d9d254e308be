using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class UpgradeOnFailureTests
{
    private static readonly UpgradeRunOptions s_undo = new() { OnFailure = UpgradeFailureAction.Undo };

    private static readonly SandboxFault s_noQuiet = new() { Kind = FaultKind.Refuse, Cluster = "blue", Verb = "patch", Resource = "cronjobs", Message = "no quiet today", Count = null };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("StepFailed")]
    [InlineData("RunEnded")]
    [InlineData("UndoBegun")]
    public async Task Killed_between_a_failure_and_the_undo_that_was_asked_for_the_same_command_takes_back(string last)
    {
        await using var scene = await FailingAsync();
        var undone = await scene.InvokeAsync(await scene.PlanAsync(), s_undo);
        Assert.Equal((BlueGreenUpgradeState.Undone, "WorkloadsIncomplete", null), (undone.State, undone.Cause?.Id, undone.Failure));
        await CutAfterAsync(scene, last);
        var ahead = await scene.LookAheadAsync(onFailure: UpgradeFailureAction.Undo);
        Assert.Equal((true, "quiesce-blue"), (ahead.GoesBack, ahead.Steps[0].Id));
        undone = await scene.ResumeAsync(s_undo);
        Assert.Equal((BlueGreenUpgradeState.Undone, "WorkloadsIncomplete"), (undone.State, undone.Cause?.Id));
        Assert.Equal(1, undone.Steps.Single(s => s.Id == "quiesce-blue").Attempt);
    }

    [Fact]
    public async Task Without_that_wish_an_upgrade_that_failed_goes_forward_and_what_failed_once_does_not_count_any_more()
    {
        await using var scene = await FailingAsync();
        await scene.InvokeAsync(await scene.PlanAsync(), s_undo);
        await CutAfterAsync(scene, "StepFailed");
        Assert.False((await scene.LookAheadAsync()).GoesBack);
        scene.Host.Faults.Clear();
        var upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Gates = ["catch-up"] });
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, upgrade.State);
        Assert.False((await scene.LookAheadAsync(onFailure: UpgradeFailureAction.Undo)).GoesBack);
        upgrade = await scene.ResumeAsync(s_undo with { Approve = ["catch-up"] });
        Assert.Equal((BlueGreenUpgradeState.Completed, null), (upgrade.State, upgrade.Cause));
    }

    [Fact]
    public async Task What_failed_and_what_keeps_it_from_being_taken_back_are_both_told()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        scene.Host.Faults.Add(s_noQuiet);
        scene.Host.Faults.Add(s_noQuiet with { Cluster = "green", Resource = "deployments", Message = "no deployments today" });
        var ended = await scene.ResumeAsync(s_undo with { Approve = ["quiesce-blue"] });
        Assert.Equal((BlueGreenUpgradeState.UndoFailed, "WorkloadsIncomplete"), (ended.State, ended.Cause?.Id));
        Assert.Contains("no quiet today", ended.Cause!.Message, StringComparison.Ordinal);
        Assert.Contains("no deployments today", ended.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_what_failed_can_not_be_taken_back_that_is_told_with_what_failed()
    {
        await using var scene = await FailingAsync();
        await scene.InvokeAsync(await scene.PlanAsync(), s_undo with { Gates = ["quiesce-blue"] });
        scene.Host.Cluster("blue").Seed([UpgradeScene.CronJob("hourly")]);
        var allowed = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"], OnFailure = UpgradeFailureAction.Stop });
        Assert.Equal(BlueGreenUpgradeState.Failed, allowed.State);
        await CutAfterAsync(scene, "StepFailed");
        scene.Host.Cluster("blue").Deny(new DeniedAccess { Verb = "patch", Resource = "cronjobs" });
        // That run was not to take back: this one tries first, and asks first.
        Assert.Equal("RightsMissing", (await Assert.ThrowsAsync<UpgradeException>(() => scene.ResumeAsync(s_undo))).Failure.Id);
        scene.Host.Cluster("blue").AllowAgain();
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.ResumeAsync(s_undo)).State);
        await CutAfterAsync(scene, "StepFailed", last: true);
        scene.Host.Cluster("blue").Deny(new DeniedAccess { Verb = "patch", Resource = "cronjobs" });
        // Once it failed, what may be taken back is; nothing is held on blue that would need this right.
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.ResumeAsync(s_undo)).State);
        Assert.Contains(scene.Reports.Reporter.Of("warning"), w => w.Contains("blue: patch CronJob.batch (step quiesce-blue)", StringComparison.Ordinal));
        await CutAfterAsync(scene, "StepFailed", last: true);
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Cluster = "blue", Count = null });
        var refused = await Assert.ThrowsAsync<UpgradeException>(() => scene.ResumeAsync(s_undo));
        Assert.Contains("no quiet today", refused.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("It is not taken back", refused.Failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing was changed", refused.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_at_a_gate_does_not_count_any_more_once_a_later_run_was_at_it(bool fails)
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync();
        plan = plan with { Steps = [.. plan.Steps.Select(s => s.Id == "quiesce-blue" ? s with { Gate = UpgradeGate.Script } : s)] };
        scene.Reports.OnGate = _ => throw new UpgradeException(new Failure { Id = "GateFailed", Kind = FailureKind.Unspecified, Message = "no such host" });
        await scene.InvokeAsync(plan, s_undo);
        await CutAfterAsync(scene, "StepFailed");
        Assert.True((await scene.LookAheadAsync(onFailure: UpgradeFailureAction.Undo)).GoesBack);

        if (!fails)
            scene.Reports.OnGate = _ => false;
        Assert.Equal(fails ? BlueGreenUpgradeState.Failed : BlueGreenUpgradeState.AwaitingApproval, (await scene.ResumeAsync()).State);
        Assert.False((await scene.LookAheadAsync(onFailure: UpgradeFailureAction.Undo)).GoesBack);
        var upgrade = await scene.ResumeAsync(s_undo with { Approve = ["quiesce-blue"] });
        Assert.Equal((BlueGreenUpgradeState.Completed, null), (upgrade.State, upgrade.Cause));
    }

    [Fact]
    public async Task An_undo_that_removes_goes_on_as_one_and_says_so()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync());
        Assert.Contains((await scene.LookAheadAsync(undoes: true)).Left, l => l.Contains("-RemoveImported removes it", StringComparison.Ordinal));
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Cluster = "green", Verb = "delete", Resource = "configmaps", Name = "web", Message = "no", Count = null });
        Assert.Equal(BlueGreenUpgradeState.UndoFailed, (await scene.UndoAsync(removeImported: true)).State);
        var ahead = await scene.LookAheadAsync(undoes: true);
        Assert.True(ahead.RemovesImported);
        Assert.DoesNotContain(ahead.Left, l => l.Contains("-RemoveImported removes it", StringComparison.Ordinal));
        Assert.Contains(ahead.Left, l => l.Contains("CustomResourceDefinitions, namespaces, claims", StringComparison.Ordinal));
        Assert.Equal("UpgradeUndone", (await Assert.ThrowsAsync<UpgradeException>(() => scene.LookAheadAsync())).Failure.Id);
        scene.Host.Faults.Clear();
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.True((await scene.LookAheadAsync(undoes: true, removeImported: true)).IsTakenBack);
    }

    [Fact]
    public async Task What_was_taken_back_is_done_with_until_its_removal_is_asked_for()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync());
        Assert.False((await scene.LookAheadAsync(undoes: true)).IsTakenBack);
        await scene.UndoAsync();
        Assert.True((await scene.LookAheadAsync(undoes: true)).IsTakenBack);
        var removal = await scene.LookAheadAsync(undoes: true, removeImported: true);
        Assert.Equal((false, true), (removal.IsTakenBack, removal.RemovesImported));
        Assert.Equal(["catch-up", "admission", "import"], removal.Steps.Select(s => s.Id));
    }

    // What is scheduled on blue can't be held, and so the upgrade fails there.
    private static async Task<UpgradeScene> FailingAsync()
    {
        var scene = await UpgradeScene.StartAsync();
        scene.Host.Faults.Add(s_noQuiet);
        return scene;
    }

    private static async Task CutAfterAsync(UpgradeScene scene, string what, bool last = false)
    {
        var lines = await File.ReadAllLinesAsync(scene.JournalFile, Token);
        var at = (last ? Array.FindLastIndex : (Func<string[], Predicate<string>, int>)Array.FindIndex)(lines, line => line.Contains($"\"event\":\"{what}\"", StringComparison.Ordinal));
        Assert.True(at > 0, what);
        await File.WriteAllTextAsync(scene.JournalFile, string.Concat(lines[..(at + 1)].Select(line => $"{line}\n")), Token);
    }
}
