using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Reports;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using static KonUpgrade.Engine.Tests.Upgrades.TestPlans;

namespace KonUpgrade.Engine.Tests.Upgrades.Reports;

/// <summary>The journal and the lists of an upgrade that failed once, waited a night and went on, written by a clock of its own.</summary>
internal sealed class ReportScene : IAsyncDisposable
{
    public const string Hostile = "<img src=x onerror=alert(1)>\"'&amp;</script></style><script>document.title='owned'</script>\u202egnp\u2066\u200b\u0007\u001b[31m\n\ud800";

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly string _name;
    private readonly UpgradePlan _plan;
    private Journal _journal = null!;

    private ReportScene(string name)
    {
        _name = name;
        var plan = Whole();
        _plan = name.Length == 0 ? plan : plan with
        {
            System = $"System {name}",
            Blue = plan.Blue with { Context = $"blue{name}", ClusterUid = $"uid{name}" },
            Green = plan.Green! with { Context = $"green{name}", ServerVersion = $"v1{name}" },
            Steps = [.. plan.Steps.Select(s => s with { Title = $"{s.Title} {name}", Undo = $"{s.Undo} {name}", Changes = $"{s.Changes} {name}" })],
        };
    }

    public string JournalFile => _folder["upgrade.jsonl"];

    public string WorkPath => _folder["upgrade.files"];

    public string Folder => _folder.Path;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>An upgrade that was begun.</summary>
    /// <param name="name">Put into every text that comes from elsewhere.</param>
    public static async Task<ReportScene> BeginAsync(string name = "")
    {
        var scene = new ReportScene(name);
        scene._journal = await Journal.OpenAsync(FileJournalStore.Open(scene.JournalFile, create: true), scene._time, writes: true, Token);
        await scene.TellAsync(0, JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format, ["id"] = "4711", ["plan"] = PlanJson.Of(scene._plan) });
        return scene;
    }

    /// <summary>The whole way: a failure, a second run, a night before a word, and the end.</summary>
    public static async Task<ReportScene> CompleteAsync(string name = "", int objects = 40)
    {
        var scene = await BeginAsync(name);
        await scene.RunAsync();
        await scene.DoAsync("wait", 4, result: "green answers");
        await scene.DoAsync("export", 20, result: $"{objects} exported, 7 left out", output: await scene.ExportAsync());
        await scene.FailAsync("import", 70, await scene.ObjectsAsync("import", objects, failed: 3));
        await scene.EndAsync("Failed", "import failed. Mend the cause.");
        scene._time.Advance(TimeSpan.FromMinutes(50));
        await scene.RunAsync();
        await scene.DoAsync("import", 130, 2, "40 created", await scene.ObjectsAsync("import", objects));
        await scene.DoAsync("serve", 40, result: "12 resumed, 2 skipped", output: await scene.WorkloadsAsync("serve"));
        await scene.AskAsync("compare", 25, await scene.DifferencesAsync("compare", 3));
        await scene.EndAsync("AwaitingApproval", "compare waits for approval.");
        scene._time.Advance(TimeSpan.FromHours(11));
        await scene.TellAsync(1, JournalEvent.Approved, "compare", data: new JsonObject { ["point"] = "differences 1A2B", ["by"] = $"runner {name}, process 7" });
        await scene.RunAsync();
        await scene.DoAsync("compare", 20, result: "40 compared, 3 differ (approved)", output: StepLists.Join(await scene.DifferencesAsync("compare", 3), await scene.ChecksAsync("compare")));
        await scene.DoAsync("quiet", 30, result: "4 suspended");
        await scene.DoAsync("catch-up", 45, result: "40 compared, none differs", output: await scene.DifferencesAsync("catch-up", 0));
        await scene.DoAsync("schedule", 5, result: "4 resumed");
        await scene.DoAsync("scale-down", 8, result: "12 suspended");
        await scene.EndAsync("Completed", null);
        return scene;
    }

    public async Task UndoAsync(string? leftBy = null)
    {
        _time.Advance(TimeSpan.FromMinutes(5));
        await RunAsync();
        await TellAsync(0, JournalEvent.UndoBegun, data: new JsonObject { ["removeImported"] = true });
        foreach (var step in _plan.Steps.Reverse())
        {
            await TellAsync(1, JournalEvent.UndoStarted, step.Id, 1);
            var output = step.Id switch
            {
                "import" => await LeftAsync(),
                _ when step.Id == leftBy => await WorkloadsAsync(step.Id),
                "serve" => await StepLists.Workloads.WriteAsync(Run(step.Id), [], Token),
                _ => new Dictionary<string, string>(),
            };
            await TellAsync(6, JournalEvent.UndoCompleted, step.Id, 1, Data(new JsonObject { ["result"] = $"taken back {_name}", ["removed"] = true }, output));
        }

        await EndAsync("Undone", null);
    }

    public async Task<string> HtmlAsync() => Encoding.UTF8.GetString(await MakeAsync(UpgradeReportFormat.Html));

    public async Task<JsonObject> JsonAsync() => JsonNode.Parse(await MakeAsync(UpgradeReportFormat.Json))!.AsObject();

    public Task<byte[]> MakeAsync(UpgradeReportFormat format, string? workPath = null) =>
        ReportFile.MakeAsync(UpgradeJournal.InFile(JournalFile), format, _ => workPath ?? WorkPath, Token);

    public Task<JournalRecord> TellAsync(double after, JournalEvent what, string? step = null, int attempt = 0, JsonObject? data = null)
    {
        _time.Advance(TimeSpan.FromSeconds(after));
        return _journal.AppendAsync(what, step, attempt, data);
    }

    public Task RunAsync() => TellAsync(0.1, JournalEvent.RunStarted, data: new JsonObject { ["runner"] = $"runner {_name}, process 42" });

    public Task EndAsync(string state, string? reason) => TellAsync(0.1, JournalEvent.RunEnded, data: new JsonObject { ["state"] = state, ["reason"] = reason is null ? null : $"{reason} {_name}" });

    public Task StartAsync(string step, int attempt = 1) => TellAsync(0.1, JournalEvent.StepStarted, step, attempt);

    public async Task DoAsync(string step, double seconds, int attempt = 1, string result = "done", IReadOnlyDictionary<string, string>? output = null)
    {
        await StartAsync(step, attempt);
        await TellAsync(seconds, JournalEvent.StepCompleted, step, attempt, Data(new JsonObject { ["result"] = $"{result} {_name}".TrimEnd() }, output));
    }

    public async Task FailAsync(string step, double seconds, IReadOnlyDictionary<string, string>? output = null, string message = "The server is not there")
    {
        await StartAsync(step);
        var data = FailureJson.Of(new Failure { Id = "Broken", Kind = FailureKind.Unavailable, Message = $"{message} {_name}".TrimEnd(), Recommendation = $"Mend it {_name}".TrimEnd(), Target = _name });
        data["result"] = "3 failed";
        await TellAsync(seconds, JournalEvent.StepFailed, step, 1, Data(data, output));
    }

    public async Task AskAsync(string step, double seconds, IReadOnlyDictionary<string, string>? output = null)
    {
        await StartAsync(step);
        await TellAsync(seconds, JournalEvent.ApprovalNeeded, step, 1, Data(new JsonObject { ["point"] = "differences 1A2B", ["reason"] = $"3 differ {_name}" }, output));
    }

    public Task<IReadOnlyDictionary<string, string>> ObjectsAsync(string step, int count, int failed = 0) => StepLists.Objects.WriteAsync(
        Run(step),
        Enumerable.Range(0, count).Select(i => new ObjectOutcome
        {
            ApiVersion = i % 3 == 0 ? "apps/v1" : "v1",
            Kind = i % 3 == 0 ? "Deployment" : $"ConfigMap{(i == 1 ? _name : "")}",
            Namespace = $"shop{(i == 2 ? _name : "")}",
            Name = $"thing-{i}{_name}",
            Action = i < failed ? ClusterConfigChangeAction.Failed : i % 5 == 4 ? ClusterConfigChangeAction.Skipped : i % 7 == 6 ? ClusterConfigChangeAction.Unchanged : ClusterConfigChangeAction.Created,
            Reason = i % 10 == 4 ? $"Its system makes it anew {_name}" : i % 5 == 4 ? $"It is there already, and existing is Skip {_name}" : null,
            IsHeld = i % 3 == 0,
            HeldReason = i == 6 ? $"its claim is not there {_name}" : null,
            Missing = i == 9 ? [$"Secret db{_name}", "ConfigMap env"] : null,
            Outward = i % 10 == 4 && i % 3 == 0 ? "Ingress" : null,
            Conversion = i % 6 == 3 ? new ClusterConfigConversion { From = "apps/v1beta1", To = "apps/v1", Note = i == 3 ? [$"rollbackTo was dropped {_name}"] : [] } : null,
            Failure = i < failed ? new Failure { Id = "Denied", Kind = FailureKind.Refused, Message = $"A webhook denied it {_name}" } : null,
        }),
        Token);

    public Task<IReadOnlyDictionary<string, string>> DifferencesAsync(string step, int count) => StepLists.Differences.WriteAsync(
        Run(step),
        Enumerable.Range(0, count).Select(i => new ObjectDifference
        {
            Group = "apps",
            Kind = "Deployment",
            Namespace = "shop",
            Name = $"web-{i}{_name}",
            State = i == 0 ? ClusterConfigDifferenceState.Missing : ClusterConfigDifferenceState.Different,
            Fields = i == 0 ? null : [$"spec.replicas{_name}", "spec.template.spec.containers[0].image"],
        }),
        Token);

    public Task<IReadOnlyDictionary<string, string>> ChecksAsync(string step) => StepLists.Checks.WriteAsync(
        Run(step),
        [
            new ReadinessCheck { Id = "NodesReady", Title = $"Nodes are ready {_name}", Status = ReadinessStatus.Passed, Cluster = "green", Message = "3 nodes: nothing to find fault with." },
            new ReadinessCheck
            {
                Id = "WorkloadsAvailable", Title = "Workloads are available", Status = ReadinessStatus.Failed, Severity = ReadinessSeverity.Blocking, Cluster = $"green{_name}", Message = "2 are not",
                Remedy = $"Look at their Pods {_name}",
                Findings = [.. Enumerable.Range(0, 25).Select(i => new ReadinessFinding { Target = $"Deployment shop/web-{i}{_name}", Message = $"0 of 3 {_name}", Severity = ReadinessSeverity.Blocking, Remedy = _name })],
            },
            new ReadinessCheck { Id = "Insights", Title = "Insights of the provider", Status = ReadinessStatus.Unknown, Cluster = "green", Message = $"Not all could be looked at {_name}" },
        ],
        Token);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return _journal.DisposeAsync();
    }

    private Task<IReadOnlyDictionary<string, string>> WorkloadsAsync(string step) => StepLists.Workloads.WriteAsync(
        Run(step),
        [
            new WorkloadOutcome { ApiVersion = "apps/v1", Kind = "Deployment", Namespace = "shop", Name = "web", Class = WorkloadClass.Serving, Action = WorkloadChangeAction.Resumed },
            new WorkloadOutcome { ApiVersion = "apps/v1", Kind = "StatefulSet", Namespace = "shop", Name = $"db{_name}", Class = WorkloadClass.Serving, Action = WorkloadChangeAction.Skipped, Reason = $"its data is not there {_name}" },
        ],
        Token);

    private Task<IReadOnlyDictionary<string, string>> LeftAsync() =>
        StepLists.Left.WriteAsync(Run("import"), [new LeftOnGreen($"Namespace shop{_name}", $"it holds volumes {_name}", IsRemoval: true)], Token);

    private async Task<IReadOnlyDictionary<string, string>> ExportAsync()
    {
        var folder = Path.Combine(WorkPath, "export");
        Directory.CreateDirectory(folder);
        var name = JsonValue.Create($"Event {_name}").ToJsonString();
        var lines = Encoding.UTF8.GetBytes($$"""
            {"apiVersion":"v1","kind":{{name}},"count":5,"reason":{{name}}}
            {"apiVersion":"v1","kind":"Secret","namespace":"shop","name":{{name}},"reason":"It is sensitive.","sensitive":true}

            """.ReplaceLineEndings("\n"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "left-out.jsonl"), lines, Token);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "export.yaml"),
            $$"""
            apiVersion: konupgrade.dev/v1
            kind: ClusterConfigExport
            system: Kubernetes
            complete: true
            leftOut: 6
            checksums: { leftOut: {{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(lines)).ToLowerInvariant()}} }
            """,
            Token);
        return new Dictionary<string, string> { ["path"] = folder };
    }

    private static JsonObject Data(JsonObject data, IReadOnlyDictionary<string, string>? output)
    {
        new StepResult("") { Output = output ?? new Dictionary<string, string>() }.AddOutputTo(data);
        return data;
    }

    private StepRun Run(string id)
    {
        var session = new UpgradeSession { Blue = null!, Green = null!, System = new SystemCatalog().Whole, WorkPath = WorkPath, Host = new TestUpgradeHost() };
        return new StepRun(_plan.Steps.First(s => s.Id == id), _plan, "shop/4711", session, new UpgradeRunOptions(), new JsonObject(), _ => null!, _ => false, _ => Task.CompletedTask);
    }
}
