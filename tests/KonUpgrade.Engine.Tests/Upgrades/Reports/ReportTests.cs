using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Reports;
using KonUpgrade.Engine.Upgrades.Steps.Traffic;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Upgrades.Reports;

public sealed class ReportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_complete_upgrade_is_told_with_all_that_its_steps_have_left()
    {
        await using var scene = await ReportScene.CompleteAsync();
        var report = await scene.JsonAsync();
        Assert.Equal(("konupgrade.dev/v1", "UpgradeReport", "shop"), (Text(report, "apiVersion"), Text(report, "kind"), Text(report, "name")));
        Assert.Equal(("Completed", "All 9 steps are done."), (Text(report, "outcome", "state"), Text(report, "outcome", "text")));
        Assert.Equal(["held", "held"], Items(report, "places").Select(p => Text(p, "blue")));
        Assert.Equal(["runs", "runs"], Items(report, "places").Select(p => Text(p, "green")));
        Assert.Equal(3, Items(report, "runs").Count);
        Assert.Equal(["Failed", "AwaitingApproval", "Completed"], Items(report, "runs").Select(r => Text(r, "outcome")));
        Assert.Equal("compare", Text(Assert.Single(Items(report, "approvals")), "step"));
        // The second attempt's list counts: nothing failed in the end.
        Assert.Equal((0, 8, 32), (Number(report, "moved", "failed"), Number(report, "moved", "skipped"), Number(report, "moved", "moved")));
        Assert.Equal(["ConfigMap", "Deployment.apps"], Items(report, "moved", "kinds").Select(k => Text(k, "kind")));
        Assert.Equal(["apps/v1beta1>apps/v1:1", "apps/v1beta1>apps/v1:6"], Items(report, "moved", "conversions").Select(c => $"{Text(c, "from")}>{Text(c, "to")}:{c["count"]}").Order());
        Assert.Equal(["its claim is not there"], Items(report, "moved", "noted", "items").Select(o => Text(o, "heldReason")).OfType<string>());
        Assert.Equal([("Event", 5), ("It is sensitive.", 1)], Items(report, "leftOut", "reasons").Select(r => (Text(r, "reason")!.Trim(), r["count"]!.GetValue<int>())));
        Assert.Equal(["Failed", "Unknown", "Passed"], Items(Assert.Single(Items(report, "checks")), "checks").Select(c => Text(c, "status")));
        Assert.Equal([3, 0], Items(report, "differences").Select(d => Number(d, "objects", "count")));
        Assert.Equal(["scale-down", "schedule", "catch-up", "quiet", "compare", "serve", "import", "export", "wait"], Items(report, "back", "steps").Select(s => Text(s, "step")));
        Assert.Equal($"Undo-BlueGreenUpgrade -JournalPath {scene.JournalFile}", Text(report, "back", "command"));
        Assert.Empty(Items(report, "source", "lacks"));
        Assert.Contains(Items(report, "next"), t => Text(t, "text")!.StartsWith("Keep blue", StringComparison.Ordinal));
        Assert.DoesNotContain(Items(report, "next"), t => Text(t, "text")!.Contains("differ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_journal_gives_the_same_report()
    {
        await using var scene = await ReportScene.CompleteAsync(ReportScene.Hostile);
        foreach (var format in Enum.GetValues<UpgradeReportFormat>())
            Assert.Equal(await scene.MakeAsync(format), await scene.MakeAsync(format));
    }

    [Fact]
    public async Task A_report_is_made_after_any_line()
    {
        await using var scene = await ReportScene.CompleteAsync();
        await scene.UndoAsync();
        var lines = await File.ReadAllLinesAsync(scene.JournalFile, Token);
        for (var count = 1; count <= lines.Length; count++)
        {
            await File.WriteAllTextAsync(scene.JournalFile, string.Concat(lines.Take(count).Select(l => l + "\n")), Token);
            Assert.Contains("</html>", await scene.HtmlAsync(), StringComparison.Ordinal);
            var report = await scene.JsonAsync();
            Assert.Equal(count, Number(report, "source", "lines"));
            // Who resumes, approves or takes back is told how, wherever it stands.
            Assert.True(Items(report, "next").Count > 0 || Text(report, "outcome", "state") == "Undone", $"after line {count}: {lines[count - 1]}");
        }
    }

    [Fact]
    public async Task What_failed_and_how_it_goes_on_is_told()
    {
        await using var scene = await ReportScene.BeginAsync();
        await scene.RunAsync();
        await scene.DoAsync("wait", 1);
        await scene.FailAsync("export", 3);
        await scene.EndAsync("Failed", "export failed.");
        var report = await scene.JsonAsync();
        Assert.Equal(("Failed", "The server is not there"), (Text(report, "outcome", "state"), Text(report, "outcome", "failure", "message")));
        Assert.Equal(["Resume-BlueGreenUpgrade", "Undo-BlueGreenUpgrade"], Items(report, "next").Select(t => Text(t, "command")!.Split(' ')[0]));
        Assert.Equal(["runs", "runs"], Items(report, "places").Select(p => Text(p, "blue")));
        Assert.Equal(["not there yet", "not there yet"], Items(report, "places").Select(p => Text(p, "green")));
        Assert.Equal(["Done", "Failed"], Items(report, "steps").SelectMany(s => Items(s, "spans")).Select(s => Text(s, "kind")));
    }

    [Fact]
    public async Task What_waits_is_told_with_the_command_that_lets_it_go_on()
    {
        await using var scene = await ReportScene.BeginAsync();
        await scene.RunAsync();
        await scene.AskAsync("wait", 1);
        await scene.EndAsync("AwaitingApproval", "wait waits.");
        var report = await scene.JsonAsync();
        Assert.Equal($"Resume-BlueGreenUpgrade -JournalPath {scene.JournalFile} -Approve wait", Text(Assert.Single(Items(report, "next")), "command"));
        Assert.Equal(["Done", "Waited"], Items(report, "steps").SelectMany(s => Items(s, "spans")).Select(s => Text(s, "kind")));
    }

    [Fact]
    public async Task A_run_that_was_cut_off_is_seen_by_the_next_one()
    {
        await using var scene = await ReportScene.BeginAsync();
        await scene.RunAsync();
        await scene.StartAsync("wait");
        await scene.RunAsync();
        await scene.DoAsync("wait", 2);
        var report = await scene.JsonAsync();
        Assert.Equal([null, null], Items(report, "runs").Select(r => Text(r, "outcome")));
        Assert.Equal(["Unfinished", "Done"], Items(report, "steps").SelectMany(s => Items(s, "spans")).Select(s => Text(s, "kind")));
        Assert.Contains("Nothing tells: it is under way, or was cut off", await scene.HtmlAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_undo_left_is_told()
    {
        await using var scene = await ReportScene.CompleteAsync();
        await scene.UndoAsync();
        var report = await scene.JsonAsync();
        Assert.Equal("Undone", Text(report, "outcome", "state"));
        Assert.Null(Text(report, "back", "command"));
        Assert.All(Items(report, "back", "steps"), s => Assert.StartsWith("Taken back.", Text(s, "how"), StringComparison.Ordinal));
        Assert.Equal("Namespace shop", Text(Assert.Single(Items(report, "back", "leftObjects", "items")), "name"));
        Assert.Equal(["runs", "runs"], Items(report, "places").Select(p => Text(p, "blue")));
        // What moved before is still known.
        Assert.Equal(32, Number(report, "moved", "moved"));
    }

    [Fact]
    public async Task What_had_failed_before_somebody_took_it_back_is_told()
    {
        await using var scene = await ReportScene.BeginAsync();
        await scene.RunAsync();
        await scene.DoAsync("wait", 4);
        await scene.FailAsync("export", 2, message: "The disk is full");
        await scene.EndAsync("Failed", "export failed.");
        await scene.UndoAsync();
        var report = await scene.JsonAsync();
        Assert.Equal("The disk is full", Text(report, "outcome", "failedBefore", "message"));
        Assert.Equal("The disk is full", Text(Items(report, "steps").Single(s => Text(s, "id") == "export"), "failedBefore", "message"));
        Assert.Contains("The disk is full", await scene.HtmlAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_overcome_before_it_was_taken_back_is_no_reason()
    {
        await using var scene = await ReportScene.CompleteAsync();
        await scene.UndoAsync();
        Assert.Null((await scene.JsonAsync())["outcome"]!["failedBefore"]);
    }

    [Fact]
    public async Task What_another_upgrade_keeps_held_is_told_where_it_is_and_as_left_to_do()
    {
        await using var scene = await ReportScene.CompleteAsync();
        await scene.UndoAsync(leftBy: "quiet");
        var report = await scene.JsonAsync();
        Assert.Equal(["runs", "runs, but for 1 workload that was left as it was"], Items(report, "places").Select(p => Text(p, "blue")).Order(StringComparer.Ordinal));
        Assert.Contains(Items(report, "next"), t => Text(t, "text")!.StartsWith("1 workload was not given back", StringComparison.Ordinal));
        Assert.Contains(Items(report, "next"), t => Text(t, "text")!.StartsWith("Decide what becomes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_the_files_are_not_at_hand_the_report_says_so()
    {
        await using var scene = await ReportScene.CompleteAsync();
        Directory.Move(scene.WorkPath, scene.WorkPath + ".elsewhere");
        var report = await scene.JsonAsync();
        Assert.Equal(["checks", "differences", "differences", "objects", "workloads"], Items(report, "source", "lacks").Select(l => Text(l, "list")).Order());
        Assert.Equal("the export is not here", Text(report, "leftOut", "lack"));
        var html = await scene.HtmlAsync();
        Assert.Contains("What step 'import' did with each object is not in this report", html, StringComparison.Ordinal);
        Assert.Contains("not all is known", html, StringComparison.Ordinal);
        // They may have come along to somewhere else.
        Assert.Empty(Items(JsonNode.Parse(await scene.MakeAsync(UpgradeReportFormat.Json, scene.WorkPath + ".elsewhere"))!, "source", "lacks"));
    }

    [Fact]
    public async Task A_large_upgrade_has_a_small_report_that_says_where_the_rest_is()
    {
        await using var scene = await ReportScene.CompleteAsync(objects: 20_000);
        var html = await scene.MakeAsync(UpgradeReportFormat.Html);
        Assert.InRange(html.Length, 10_000, 100_000);
        Assert.InRange((await scene.MakeAsync(UpgradeReportFormat.Json)).Length, 10_000, 150_000);
        Assert.Contains($"And 3,900 more, see {Path.Combine(scene.WorkPath, "import.details", "objects.jsonl")}.", Encoding.UTF8.GetString(html), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_names_stay_text_and_what_is_not_seen_is_made_visible()
    {
        await using var scene = await ReportScene.CompleteAsync(ReportScene.Hostile);
        await scene.UndoAsync();
        var html = await scene.HtmlAsync();
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, html.Split("</style").Length - 1);
        Assert.DoesNotContain(html, c => c is '\u202e' or '\u2066' or '\u200b' or '\u0007' or '\u001b' || char.IsSurrogate(c));
        Assert.Contains("[U+202E]", html, StringComparison.Ordinal);
        var json = Encoding.UTF8.GetString(await scene.MakeAsync(UpgradeReportFormat.Json));
        Assert.DoesNotContain(json, c => c is '\u202e' or '\u2066' or '\u200b' or '\u0007' or '\u001b');
    }

    [Fact]
    public async Task A_page_fetches_nothing_and_runs_nothing()
    {
        await using var scene = await ReportScene.CompleteAsync();
        var html = await scene.HtmlAsync();
        Assert.Contains("default-src 'none'; style-src 'sha256-", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)\\s(on[a-z]+|style|src|href)=", html);
        Assert.DoesNotContain("unsafe-inline", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_looks_like_a_secret_is_masked_whoever_wrote_it()
    {
        await using var scene = await ReportScene.CompleteAsync(" password=planted-4711 k8s-aws-v1.planted");
        foreach (var format in Enum.GetValues<UpgradeReportFormat>())
        {
            var text = Encoding.UTF8.GetString(await scene.MakeAsync(format));
            Assert.Contains("***", text, StringComparison.Ordinal);
            Assert.DoesNotContain("planted", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_journal_that_is_none_makes_no_report()
    {
        await using var scene = await ReportScene.BeginAsync();
        await File.WriteAllTextAsync(scene.JournalFile, "{}\n", Token);
        Assert.Equal("NotAJournal", (await Assert.ThrowsAsync<UpgradeException>(() => scene.MakeAsync(UpgradeReportFormat.Html))).Failure.Id);
    }

    [Fact]
    public async Task A_step_that_takes_no_time_is_drawn_all_the_same()
    {
        await using var scene = await ReportScene.BeginAsync();
        await scene.TellAsync(0, JournalEvent.RunStarted, data: new JsonObject { ["runner"] = "r" });
        await scene.TellAsync(0, JournalEvent.StepStarted, "wait", 1);
        await scene.TellAsync(0, JournalEvent.StepCompleted, "wait", 1, new JsonObject { ["result"] = "at once" });
        var html = await scene.HtmlAsync();
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        Assert.Contains("at once", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UpgradeStepState.Pending, 0, "as before", "none by this upgrade")]
    [InlineData(UpgradeStepState.Completed, 1, "none", "all")]
    [InlineData(UpgradeStepState.Failed, 1, "not known: 'traffic' has failed", "Get-ClusterTraffic tells where it goes")]
    [InlineData(UpgradeStepState.Failed, 1, "as before: it was put back", "none by this upgrade", true)]
    [InlineData(UpgradeStepState.Undone, 1, "as before", "as before")]
    public void Where_traffic_goes_is_told_by_host(UpgradeStepState state, int attempt, string blue, string green, bool isPutBack = false)
    {
        var step = TestPlans.Step("traffic", StepKind.SwitchTraffic, setting: [("hosts", "shop.example.com")]) with { State = state, Attempt = attempt };
        if (isPutBack)
            step = step with { Output = new Dictionary<string, string> { [SwitchTrafficWork.PutBackOutput] = "true" } };
        Assert.Equal([new ReportPlace("Traffic of shop.example.com", blue, green)], ReportPlaces.Of([step], removed: false));
    }

    internal static IReadOnlyList<JsonNode> Items(JsonNode node, params string[] path) => Node(node, path) is JsonArray array ? [.. array.OfType<JsonNode>()] : [];

    private static string? Text(JsonNode node, params string[] path) => Node(node, path)?.GetValue<string>();

    private static int Number(JsonNode node, params string[] path) => Node(node, path)!.GetValue<int>();

    private static JsonNode? Node(JsonNode node, string[] path) => path.Aggregate((JsonNode?)node, (n, name) => n?[name]);
}
