using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using static KonUpgrade.Engine.Tests.Upgrades.TestPlans;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class UpgradeRunnerTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestWork _work = new();
    private readonly TestUpgradeHost _host = new();
    private ClusterConnection? _blue;
    private ClusterConnection? _green;

    private string JournalFile => Path.Combine(_folder.Path, "upgrade.jsonl");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_blue is not null)
            await _blue.DisposeAsync();
        if (_green is not null)
            await _green.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Steps_run_in_order_and_the_upgrade_is_complete()
    {
        var upgrade = await InvokeAsync(Of(Step("a"), Step("b", after: ["a"]), Step("c", after: ["b"])));
        Assert.Equal(BlueGreenUpgradeState.Completed, upgrade.State);
        Assert.Equal(["run a 1", "run b 1", "run c 1"], _work.Calls);
        Assert.All(upgrade.Steps, s => Assert.Equal((UpgradeStepState.Completed, 1), (s.State, s.Attempt)));
    }

    [Fact]
    public async Task Steps_that_do_not_wait_for_each_other_run_side_by_side()
    {
        // Each waits until the other has begun.
        using var both = new Barrier(2);
        _work.OnRun = (_, token) =>
        {
            Assert.True(both.SignalAndWait(TimeSpan.FromSeconds(30), token));
            return Task.FromResult(new StepResult("done"));
        };
        Assert.Equal(BlueGreenUpgradeState.Completed, (await InvokeAsync(Of(Step("a"), Step("b")))).State);
    }

    [Fact]
    public async Task A_failed_step_ends_the_run_and_a_resume_tries_it_anew()
    {
        _work.OnRun = (run, _) => run.Step.Id == "b" ? throw Broken() : Task.FromResult(new StepResult("done"));
        var upgrade = await InvokeAsync(Of(Step("a"), Step("b", after: ["a"]), Step("c", after: ["b"])));
        Assert.Equal((BlueGreenUpgradeState.Failed, "Broken"), (upgrade.State, upgrade.Failure?.Id));
        Assert.Contains("b failed", upgrade.Reason, StringComparison.Ordinal);
        _work.OnRun = null;
        upgrade = await ResumeAsync();
        Assert.Equal(BlueGreenUpgradeState.Completed, upgrade.State);
        Assert.Null(upgrade.Failure);
        Assert.Equal(["run a 1", "run b 1", "run b 2", "run c 1"], _work.Calls);
    }

    [Fact]
    public async Task What_a_step_has_made_is_known_also_where_it_fails_or_asks_and_is_forgotten_by_the_next_attempt()
    {
        var output = new Dictionary<string, string> { ["checksPath"] = "there" };
        _work.OnRun = (run, _) => Task.FromResult(new StepResult("looked")
        {
            Output = output,
            Failure = run.Step.Id == "a" ? Broken().Failure : null,
            ApprovalPoint = run.Step.Id == "b" ? "differences" : null,
        });
        var upgrade = await InvokeAsync(Of(Step("a"), Step("b")));
        Assert.Equal([UpgradeStepState.Failed, UpgradeStepState.AwaitingApproval], upgrade.Steps.Select(s => s.State));
        Assert.All(upgrade.Steps, s => Assert.Equal(output, s.Output));
        var outputs = new List<IReadOnlyDictionary<string, string>>();
        _work.OnRun = (run, _) =>
        {
            lock (outputs)
                outputs.Add(run.Step.Output);
            return Task.FromResult(new StepResult("done"));
        };
        await ResumeAsync(new() { Approve = ["b"] });
        Assert.Equal([0, 1], outputs.Select(o => o.Count).Order());
    }

    [Fact]
    public async Task What_runs_beside_a_failed_step_is_brought_to_its_end()
    {
        _work.OnRun = async (run, token) =>
        {
            if (run.Step.Id == "a")
                throw Broken();
            while (run.Other("a").State != UpgradeStepState.Failed)
                await Task.Delay(5, token);
            return new StepResult("done");
        };
        var upgrade = await InvokeAsync(Of(Step("a"), Step("b"), Step("c", after: ["b"])));
        Assert.Equal(BlueGreenUpgradeState.Failed, upgrade.State);
        Assert.Equal([UpgradeStepState.Failed, UpgradeStepState.Completed, UpgradeStepState.Pending], upgrade.Steps.Select(s => s.State));
    }

    [Fact]
    public async Task What_nobody_thought_of_is_the_failure_of_its_step()
    {
        _work.OnRun = (_, _) => throw new InvalidOperationException("odd");
        var upgrade = await InvokeAsync(Of(Step("a")));
        Assert.Equal("UnexpectedError", upgrade.Failure?.Id);
    }

    [Fact]
    public async Task What_a_step_noted_and_made_is_there_for_it_and_for_others_after_a_resume()
    {
        _work.OnRun = async (run, _) =>
        {
            await run.NoteAsync(new JsonObject { ["token"] = $"{run.Step.Id}-{run.Step.Attempt}" });
            if (run.Step.Id == "b" && run.Step.Attempt == 1)
                throw Broken();
            if (run.Step.Id == "b")
                Assert.Equal(("/there", "b-1"), (run.Other("a").Output["path"], run.Notes["token"]!.GetValue<string>()));
            return new StepResult("done") { Output = new Dictionary<string, string> { ["path"] = "/there" } };
        };
        await InvokeAsync(Of(Step("a"), Step("b", after: ["a"])));
        Assert.Equal(BlueGreenUpgradeState.Completed, (await ResumeAsync()).State);
    }

    [Fact]
    public async Task A_killed_run_goes_on_with_the_same_attempt()
    {
        await InvokeAsync(Of(Step("a"), Step("b", after: ["a"])));
        // As if it had been killed in b: what came after the line that b begins is gone.
        var lines = (await File.ReadAllLinesAsync(JournalFile, Token)).ToList();
        var began = lines.FindIndex(l => l.Contains("\"StepStarted\",\"step\":\"b\"", StringComparison.Ordinal));
        await File.WriteAllTextAsync(JournalFile, string.Concat(lines.Take(began + 1).Select(l => l + "\n")), Token);
        Assert.Equal((BlueGreenUpgradeState.Running, UpgradeStepState.Running), await StateAsync("b"));
        _work.Calls.Clear();
        Assert.Equal(BlueGreenUpgradeState.Completed, (await ResumeAsync()).State);
        Assert.Equal(["run b 1"], _work.Calls);
    }

    [Fact]
    public async Task A_resume_after_any_line_ends_as_an_undisturbed_run()
    {
        await InvokeAsync(Of(Step("a"), Step("b", after: ["a"]), Step("c", after: ["a"])));
        var lines = await File.ReadAllLinesAsync(JournalFile, Token);
        for (var count = 1; count <= lines.Length; count++)
        {
            await File.WriteAllTextAsync(JournalFile, string.Concat(lines.Take(count).Select(l => l + "\n")), Token);
            var upgrade = await ResumeAsync();
            Assert.Equal(BlueGreenUpgradeState.Completed, upgrade.State);
            Assert.All(upgrade.Steps, s => Assert.Equal((UpgradeStepState.Completed, 1), (s.State, s.Attempt)));
        }
    }

    [Fact]
    public async Task What_a_step_made_and_is_gone_is_made_again_where_it_is_needed()
    {
        var plan = Of(
            Step("export", StepKind.ExportConfig, [], UpgradeSide.Blue),
            Step("import", StepKind.ImportConfig, ["export"], UpgradeSide.Green, ("export", "export")),
            Step("last", after: ["import"]));
        _work.OnRun = (run, _) => run.Step.Id == "import" && run.Step.Attempt == 1 ? throw Broken() : Task.FromResult(new StepResult("done"));
        await InvokeAsync(plan);
        _work.IsThere = _ => false;
        Assert.Equal(BlueGreenUpgradeState.Completed, (await ResumeAsync()).State);
        Assert.Equal(["run export 1", "run import 1", "run export 2", "run import 2", "run last 1"], _work.Calls);
        Assert.Contains(_host.Reporter.Of("warning"), w => w.Contains("'export' made is no longer there", StringComparison.Ordinal));
        // Nobody needs it any more.
        await ResumeAsync();
        Assert.Equal(5, _work.Calls.Count);
    }

    [Fact]
    public async Task A_gate_ends_the_run_and_a_word_goes_on()
    {
        var plan = Of(Step("a"), Step("b", after: ["a"]) with { Gate = UpgradeGate.Approval }, Step("beside"), Step("c", after: ["b"]));
        var upgrade = await InvokeAsync(plan);
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, upgrade.State);
        Assert.Contains("-Approve b", upgrade.Reason, StringComparison.Ordinal);
        Assert.Equal([UpgradeStepState.Completed, UpgradeStepState.AwaitingApproval, UpgradeStepState.Completed, UpgradeStepState.Pending], upgrade.Steps.OrderBy(s => Array.IndexOf<string>(["a", "b", "beside", "c"], s.Id)).Select(s => s.State));
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await ResumeAsync()).State);
        Assert.Equal(BlueGreenUpgradeState.Completed, (await ResumeAsync(new UpgradeRunOptions { Approve = ["b"] })).State);
    }

    [Fact]
    public async Task A_gate_of_the_command_line_counts_as_one_of_the_plan_also_in_the_next_run()
    {
        var upgrade = await InvokeAsync(Of(Step("a")), new UpgradeRunOptions { Gates = ["a"] });
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, upgrade.State);
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await ResumeAsync()).State);
        Assert.Empty(_work.Calls);
        Assert.Equal(BlueGreenUpgradeState.Completed, (await ResumeAsync(new UpgradeRunOptions { Approve = ["a"] })).State);
    }

    [Fact]
    public async Task A_step_waits_for_what_it_uses_also_where_it_names_only_a_later_one()
    {
        var plan = Of(
            Step("export", StepKind.ExportConfig, [], UpgradeSide.Blue),
            Step("import", StepKind.ImportConfig, ["export"], UpgradeSide.Green, ("export", "export")),
            Step("compare", StepKind.CompareConfig, ["import"], UpgradeSide.Green, ("export", "export")));
        await InvokeAsync(plan, new UpgradeRunOptions { Gates = ["compare"] });
        _work.Calls.Clear();
        _work.IsThere = _ => false;
        Assert.Equal(BlueGreenUpgradeState.Completed, (await ResumeAsync(new UpgradeRunOptions { Approve = ["compare"] })).State);
        Assert.Equal(["run export 2", "run compare 1"], _work.Calls);
    }

    [Fact]
    public async Task A_script_lets_a_step_through_or_does_not()
    {
        var plan = Of(Step("a") with { Gate = UpgradeGate.Script });
        _host.LetsThrough = false;
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await InvokeAsync(plan)).State);
        _host.LetsThrough = null;
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await ResumeAsync()).State);
        _host.LetsThrough = true;
        Assert.Equal(BlueGreenUpgradeState.Completed, (await ResumeAsync()).State);
    }

    [Fact]
    public async Task An_error_of_a_gates_script_is_its_steps_failure_and_a_resume_asks_the_gate_again()
    {
        var plan = Of(Step("a") with { Gate = UpgradeGate.Script }, Step("b", after: ["a"]));
        _host.OnGate = _ => throw Broken();
        var upgrade = await InvokeAsync(plan);
        Assert.Equal((BlueGreenUpgradeState.Failed, "Broken", UpgradeStepState.Failed), (upgrade.State, upgrade.Failure?.Id, upgrade.Steps[0].State));
        _host.OnGate = _ => false;
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await ResumeAsync()).State);
        Assert.Empty(_work.Calls);
        _host.OnGate = _ => true;
        Assert.Equal(BlueGreenUpgradeState.Completed, (await ResumeAsync()).State);
    }

    [Fact]
    public async Task What_a_step_wants_to_be_approved_is_that_and_nothing_else()
    {
        var point = "three";
        _work.OnRun = (run, _) => Task.FromResult(run.IsApproved(point) ? new StepResult("done") : new StepResult($"{point} differ") { ApprovalPoint = point });
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await InvokeAsync(Of(Step("a")))).State);
        point = "four";
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await ResumeAsync(new UpgradeRunOptions { Approve = ["a"] })).State);
        Assert.Equal(BlueGreenUpgradeState.Completed, (await ResumeAsync(new UpgradeRunOptions { Approve = ["a"] })).State);
        Assert.Equal(["run a 1", "run a 1", "run a 1"], _work.Calls);
    }

    [Fact]
    public async Task When_the_time_is_over_the_run_stops_and_can_be_resumed()
    {
        _work.OnRun = async (run, token) =>
        {
            if (run.Step.Id == "b")
                await Task.Delay(Timeout.Infinite, token);
            return new StepResult("done");
        };
        var upgrade = await InvokeAsync(Of(Step("a"), Step("b", after: ["a"])), new UpgradeRunOptions { MaxDuration = TimeSpan.FromSeconds(2) });
        Assert.Equal(BlueGreenUpgradeState.Stopped, upgrade.State);
        Assert.StartsWith("The time for this run is over.", upgrade.Reason, StringComparison.Ordinal);
        _work.OnRun = null;
        Assert.Equal(BlueGreenUpgradeState.Completed, (await ResumeAsync()).State);
        Assert.Equal(["run a 1", "run b 1", "run b 1"], _work.Calls);
    }

    [Fact]
    public async Task Without_its_journal_a_run_stops_and_starts_nothing_more()
    {
        var store = new FailingStore(FileJournalStore.Open(JournalFile, create: true), failsAt: 5);
        var journal = await Journal.OpenAsync(store, TimeProvider.System, writes: true, Token);
        await using (journal)
        {
            await BeginAsync(journal, Of(Step("a"), Step("b", after: ["a"]), Step("c", after: ["b"])));
            var runner = await RunnerAsync(journal, new UpgradeRunOptions());
            Assert.Equal("DiskFull", (await Assert.ThrowsAsync<UpgradeException>(() => runner.RunAsync(Nothing, Token))).Failure.Id);
        }

        Assert.Equal(["run a 1"], _work.Calls);
        // Line 5 would have begun b.
        Assert.Equal(BlueGreenUpgradeState.Completed, (await ResumeAsync()).State);
        Assert.Equal(["run a 1", "run b 1", "run c 1"], _work.Calls);
    }

    [Fact]
    public async Task An_undo_goes_backwards_over_what_was_begun()
    {
        _work.OnRun = (run, _) => run.Step.Id == "c" ? throw Broken() : Task.FromResult(new StepResult("done"));
        await InvokeAsync(Of(Step("a"), Step("b", after: ["a"]), Step("c", after: ["b"]), Step("d", after: ["c"])));
        _work.Calls.Clear();
        _work.OnUndo = (run, _) => run.Step.Id == "b" && _work.Calls.Count == 2 ? throw Broken() : Task.FromResult(new StepResult("undone"));
        var upgrade = await UndoAsync();
        Assert.Equal((BlueGreenUpgradeState.UndoFailed, "Broken"), (upgrade.State, upgrade.Failure?.Id));
        upgrade = await UndoAsync();
        Assert.Equal(BlueGreenUpgradeState.Undone, upgrade.State);
        Assert.Equal(["undo c", "undo b", "undo a", "undo b"], _work.Calls);
        Assert.Equal([UpgradeStepState.Undone, UpgradeStepState.Undone, UpgradeStepState.Undone, UpgradeStepState.Pending], upgrade.Steps.OrderBy(s => Array.IndexOf<string>(["a", "b", "c", "d"], s.Id)).Select(s => s.State));
    }

    [Fact]
    public async Task An_undo_after_any_line_ends_as_an_undisturbed_one_and_the_rest_comes_last()
    {
        await InvokeAsync(Of(
            Step("export", StepKind.ExportConfig, [], UpgradeSide.Blue),
            Step("import", StepKind.ImportConfig, ["export"], UpgradeSide.Green, ("export", "export")),
            Step("quiet", StepKind.QuiesceWorkload, ["import"], UpgradeSide.Blue, ("class", "Scheduled"))));
        var begun = (await File.ReadAllLinesAsync(JournalFile, Token)).Length;
        _work.Calls.Clear();
        await UndoAsync();
        Assert.Equal(["undo quiet", "undo import", "undo export", "rest import"], _work.Calls);
        var lines = await File.ReadAllLinesAsync(JournalFile, Token);
        for (var count = begun; count <= lines.Length; count++)
        {
            await File.WriteAllTextAsync(JournalFile, string.Concat(lines.Take(count).Select(l => l + "\n")), Token);
            _work.Calls.Clear();
            var upgrade = await UndoAsync();
            Assert.Equal(BlueGreenUpgradeState.Undone, upgrade.State);
            Assert.All(upgrade.Steps, s => Assert.Equal(UpgradeStepState.Undone, s.State));
            Assert.Equal(_work.Calls, _work.Calls.OrderBy(c => c == "rest import").Distinct());
        }
    }

    private static ValueTask Nothing(UpgradeStep step) => ValueTask.CompletedTask;

    private static UpgradeException Broken() => new(new Failure { Id = "Broken", Kind = FailureKind.Unavailable, Message = "broken" });

    private async Task<(BlueGreenUpgradeState, UpgradeStepState)> StateAsync(string step)
    {
        await using var journal = await Journal.OpenAsync(FileJournalStore.OpenRead(JournalFile), TimeProvider.System, writes: false, Token);
        var progress = UpgradeProgress.Of(journal);
        return (progress.State, progress.StepOf(step).State);
    }

    private static Task<JournalRecord> BeginAsync(Journal journal, UpgradePlan plan) =>
        journal.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format, ["plan"] = PlanJson.Of(plan) });

    private async Task<BlueGreenUpgrade> InvokeAsync(UpgradePlan plan, UpgradeRunOptions? options = null)
    {
        await using var journal = await Journal.OpenAsync(FileJournalStore.Open(JournalFile, create: true), TimeProvider.System, writes: true, Token);
        await BeginAsync(journal, plan);
        var runner = await RunnerAsync(journal, options ?? new());
        await runner.RunAsync(Nothing, Token);
        return runner.Progress.ToModel(journal.Store);
    }

    private async Task<BlueGreenUpgrade> ResumeAsync(UpgradeRunOptions? options = null)
    {
        await using var journal = await Journal.OpenAsync(FileJournalStore.Open(JournalFile, create: false), TimeProvider.System, writes: true, Token);
        var runner = await RunnerAsync(journal, options ?? new());
        await runner.RunAsync(Nothing, Token);
        return runner.Progress.ToModel(journal.Store);
    }

    private async Task<BlueGreenUpgrade> UndoAsync()
    {
        await using var journal = await Journal.OpenAsync(FileJournalStore.Open(JournalFile, create: false), TimeProvider.System, writes: true, Token);
        var runner = await RunnerAsync(journal, new());
        await runner.UndoAsync(Nothing, Token);
        return runner.Progress.ToModel(journal.Store);
    }

    private async Task<UpgradeRunner> RunnerAsync(Journal journal, UpgradeRunOptions options)
    {
        var kubeConfig = Path.Combine(_folder.Path, "kubeconfig");
        await File.WriteAllTextAsync(
            kubeConfig,
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
            users: [{name: u, user: {}}]
            contexts: [{name: blue, context: {cluster: c, user: u}}, {name: green, context: {cluster: c, user: u}}]
            """,
            Token);
        _blue ??= await ClusterConnection.OpenAsync(new ClusterTarget("blue", kubeConfig), new(), NullReporter.Instance, Token);
        _green ??= await ClusterConnection.OpenAsync(new ClusterTarget("green", kubeConfig), new(), NullReporter.Instance, Token);
        var session = new UpgradeSession { Blue = _blue, Green = _green, System = new SystemCatalog().Whole, WorkPath = _folder.Path, Host = _host };
        return new UpgradeRunner(journal, UpgradeProgress.Of(journal), session, options, new StepWorks(StepKind.All.Select(kind => new OneKind(kind.Name, _work))));
    }

    private sealed class TestWork
    {
        public CallList Calls { get; } = [];

        public Func<StepRun, CancellationToken, Task<StepResult>>? OnRun { get; set; }

        public Func<StepRun, CancellationToken, Task<StepResult>>? OnUndo { get; set; }

        public Func<UpgradeStep, bool> IsThere { get; set; } = _ => true;
    }

    private sealed class CallList : List<string>
    {
        public void AddSafely(string text)
        {
            lock (this)
                Add(text);
        }
    }

    private sealed class OneKind(string kind, TestWork work) : IStepWork
    {
        public string Kind => kind;

        public Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
        {
            work.Calls.AddSafely($"run {run.Step.Id} {run.Step.Attempt}");
            return work.OnRun?.Invoke(run, cancellationToken) ?? Task.FromResult(new StepResult("done"));
        }

        public Task<bool> IsThereAsync(StepRun run, CancellationToken cancellationToken) => Task.FromResult(work.IsThere(run.Step));

        public bool HasRest => kind == StepKind.ImportConfig;

        public Task<StepResult> UndoRestAsync(StepRun run, CancellationToken cancellationToken)
        {
            work.Calls.AddSafely($"rest {run.Step.Id}");
            return Task.FromResult(new StepResult("removed"));
        }

        public Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken)
        {
            work.Calls.AddSafely($"undo {run.Step.Id}");
            return work.OnUndo?.Invoke(run, cancellationToken) ?? Task.FromResult(new StepResult("undone"));
        }
    }

    private sealed class FailingStore(IJournalStore inner, int failsAt) : IJournalStore
    {
        private int _count;

        public string Name => inner.Name;

        public Task<JournalText> ReadAsync(CancellationToken cancellationToken) => inner.ReadAsync(cancellationToken);

        public Task DropLastAsync(CancellationToken cancellationToken) => inner.DropLastAsync(cancellationToken);

        public Task AppendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken) => ++_count == failsAt
            ? throw new UpgradeException(new Failure { Id = "DiskFull", Kind = FailureKind.WriteError, Message = "full" })
            : inner.AppendAsync(line, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
