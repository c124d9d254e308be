using System.Text.Json.Nodes;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Upgrades.Details;

public sealed class StepListTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestUpgradeHost _host = new();

    private string File => Path.Combine(_folder.Path, "work", "ready.details", "checks.jsonl");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_step_writes_is_read_by_its_output()
    {
        var check = Check("NodesReady") with
        {
            Status = ReadinessStatus.Failed,
            Severity = ReadinessSeverity.Blocking,
            Category = ReadinessCategory.Node,
            Examined = "3 nodes",
            Remedy = "Look at them.",
            Findings = [new ReadinessFinding { Target = "Node \"a\"\n\u202e<b>", Message = "NotReady", Severity = ReadinessSeverity.Blocking, Since = DateTimeOffset.UnixEpoch }],
            Hops = [new UpgradeHop("1.33", "1.34", default)],
            Failure = new Failure { Id = "Forbidden", Kind = FailureKind.PermissionDenied, Message = "no" },
            Duration = TimeSpan.FromSeconds(1.5),
        };
        var found = await FoundAsync(await StepLists.Checks.WriteAsync(Run(), [check, Check("Other")], Token));
        Assert.Equal((File, null), (found!.Path, found.Lack));
        var read = found.Read().ToList();
        Assert.Equal(["NodesReady", "Other"], read.Select(c => c.Id));
        Assert.Equivalent(check, read[0], strict: true);
        Assert.Equal(["checks.jsonl"], Directory.EnumerateFiles(Path.GetDirectoryName(File)!).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_step_without_a_list_has_none() => Assert.Null(await FoundAsync(new Dictionary<string, string> { ["path"] = "x" }));

    [Fact]
    public async Task It_is_there_when_it_ends_and_the_earlier_one_until_then()
    {
        var output = await StepLists.Checks.WriteAsync(Run(), [Check("First")], Token);
        using (var writer = StepLists.Checks.Begin(Run()))
            writer.Add(Check("Second"));
        Assert.Equal(["First"], (await FoundAsync(output))!.Read().Select(c => c.Id));
        Assert.Single(Directory.EnumerateFiles(Path.GetDirectoryName(File)!));
    }

    [Fact]
    public async Task It_is_found_where_the_upgrades_files_are_now()
    {
        var output = await StepLists.Checks.WriteAsync(Run(), [Check("First")], Token);
        Directory.Move(Path.Combine(_folder.Path, "work"), Path.Combine(_folder.Path, "moved"));
        Assert.Equal("its file is not here", (await FoundAsync(output))!.Lack);
        var found = await FoundAsync(output, Path.Combine(_folder.Path, "moved"));
        Assert.Equal(["First"], found!.Read().Select(c => c.Id));
    }

    [Fact]
    public async Task What_is_not_as_it_was_written_is_not_read()
    {
        var output = await StepLists.Checks.WriteAsync(Run(), [Check("First")], Token);
        await System.IO.File.AppendAllTextAsync(File, "{}\n", Token);
        var found = await FoundAsync(output);
        Assert.Equal("its file is not as the step wrote it", found!.Lack);
        Assert.Empty(found.Read());
    }

    [Fact]
    public async Task A_list_that_cannot_be_written_is_told_and_fails_nothing()
    {
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder.Path, "work"), "in the way", Token);
        Assert.Empty(await StepLists.Checks.WriteAsync(Run(), [Check("First")], Token));
        Assert.Contains("(checks) is not kept", Assert.Single(_host.Reporter.Of("warning")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_this_version_cannot_read_is_named()
    {
        var output = new Dictionary<string, string>(await StepLists.Checks.WriteAsync(Run(), [Check("First")], Token));
        await System.IO.File.AppendAllTextAsync(File, """{"id":"Second","title":"t","status":"Sideways","cluster":"c","message":"m"}""" + "\n", Token);
        output[StepLists.Checks.SumOutput] = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await System.IO.File.ReadAllBytesAsync(File, Token))).ToLowerInvariant();
        var found = await FoundAsync(output);
        var failure = Assert.Throws<UpgradeException>(() => found!.Read().ToList()).Failure;
        Assert.Equal(("StepListUnreadable", $"{File}:2"), (failure.Id, failure.Target));
    }

    private static ReadinessCheck Check(string id) => new() { Id = id, Title = "All is well", Status = ReadinessStatus.Passed, Cluster = "green", Message = "It is." };

    private static Task<FoundList<ReadinessCheck>?> FoundAsync(IReadOnlyDictionary<string, string> output, string? workPath = null) =>
        StepLists.Checks.FindAsync(TestPlans.Step("ready") with { Output = output }, workPath, Token);

    private StepRun Run()
    {
        var session = new UpgradeSession { Blue = null!, Green = null!, System = new SystemCatalog().Whole, WorkPath = Path.Combine(_folder.Path, "work"), Host = _host };
        var step = TestPlans.Step("ready");
        return new StepRun(step, TestPlans.Of(step), "shop/1", session, new UpgradeRunOptions(), new JsonObject(), _ => step, _ => false, _ => Task.CompletedTask);
    }
}
