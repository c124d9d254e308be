using System.Globalization;
using KonUpgrade.Engine.Tests.Aws;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Tests.Traffic;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Steps.Traffic;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Dns;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>The step that leads host names to green, within a whole upgrade.</summary>
public sealed class TrafficStepTests : IAsyncDisposable
{
    private UpgradeScene _scene = null!;
    private FakeServer _balancer = null!;
    private Func<HttpContext, Task> _answer = static _ => Task.CompletedTask;

    private const string TestHost = "try.example.com";

    private string Zone => _scene.Host.Dns!.ZoneId("example.com");

    private IReadOnlyList<string> Records => _scene.Host.Dns!.Records(Zone);

    [Fact]
    public async Task Traffic_goes_to_green_and_an_undo_brings_back_the_records_of_before()
    {
        await StartAsync();
        var before = Records;
        var ended = await _scene.InvokeAsync(await PlanAsync());
        Assert.True(ended.State == BlueGreenUpgradeState.Completed, ended.Failure?.ToString());
        Assert.Equal("shop.example.com: 1 switched", ended.Steps.Single(step => step.Id == "traffic").Result);
        Assert.Contains(Records, record => record.Contains(TrafficScene.GreenName, StringComparison.Ordinal));
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync()).State);
        Assert.Equal(before, Records);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(25)]
    [InlineData(100)]
    public async Task A_probe_that_fails_in_a_stage_ends_the_upgrade_with_every_record_as_it_was(int stage)
    {
        await StartAsync();
        var before = Records;
        _answer = context =>
        {
            context.Response.StatusCode = Percent >= stage ? 503 : 200;
            return Task.CompletedTask;
        };
        var ended = await _scene.InvokeAsync(await PlanAsync(("traffic", "weights", "5,25,100")));
        Assert.Equal(BlueGreenUpgradeState.Failed, ended.State);
        Assert.Equal("TrafficProbeFailed", ended.Failure!.Id);
        Assert.Contains($"{stage} %", ended.Failure.Message, StringComparison.Ordinal);
        Assert.Equal("true", ended.Steps.Single(step => step.Id == "traffic").Output.GetValueOrDefault(SwitchTrafficWork.PutBackOutput));
        Assert.Equal(before, Records);
        // What failed is tried anew by the same command, and can be taken back.
        _answer = static _ => Task.CompletedTask;
        Assert.Equal(BlueGreenUpgradeState.Completed, (await _scene.ResumeAsync()).State);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync()).State);
        Assert.Equal(before, Records);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(25, false)]
    [InlineData(100, false)]
    [InlineData(5, true)]
    [InlineData(25, true)]
    [InlineData(100, true)]
    public async Task A_stop_in_a_stage_leaves_one_that_the_plan_knows_and_a_resume_goes_on_or_an_undo_takes_back(int stage, bool undoes)
    {
        await StartAsync();
        var before = Records;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var seen = new System.Collections.Concurrent.ConcurrentQueue<int>();
        _answer = async _ =>
        {
            seen.Enqueue(Percent);
            if (Percent >= stage)
                await stop.CancelAsync();
        };
        // What is stopped is a run that goes on with an upgrade.
        var plan = await PlanAsync(("traffic", "weights", "5,25,100"), ("test-host", "testHost", TestHost));
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await _scene.InvokeAsync(plan, new() { Gates = ["traffic"] })).State);
        _scene.Stop = stop.Token;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _scene.ResumeAsync(new() { Approve = ["traffic"] }));
        _scene.Stop = null;
        Assert.Equal(stage, Percent);
        Assert.Equal(Others(before), Others(Records));
        seen.Clear();
        _answer = _ =>
        {
            seen.Enqueue(Percent);
            return Task.CompletedTask;
        };
        if (undoes)
        {
            Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync()).State);
            Assert.Equal(before, Records);
            return;
        }

        Assert.Equal(BlueGreenUpgradeState.Completed, (await _scene.ResumeAsync()).State);
        Assert.Equal(new[] { 5, 25, 100 }.Where(percent => percent >= stage), seen.Distinct());
        Assert.Equal(Others(before), Others(Records));
        Assert.DoesNotContain(Records, record => record.Contains(TestHost, StringComparison.Ordinal) || record.Contains("_konupgrade", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_test_host_leads_to_green_before_users_come_and_goes_when_they_have_come()
    {
        await StartAsync();
        var before = Records;
        var plan = await PlanAsync(("test-host", "testHost", TestHost));
        Assert.Equal(TestHost, plan.Steps.Single(step => step.Id == "traffic").Setting["testHost"]);
        Assert.Contains("would lead to", (await _scene.PreviewAsync(plan)).Single(step => step.Id == "test-host").Result, StringComparison.Ordinal);
        var waiting = await _scene.InvokeAsync(plan, new() { Gates = ["traffic"] });
        Assert.True(waiting.State == BlueGreenUpgradeState.AwaitingApproval, waiting.Failure?.ToString());
        Assert.Equal(0, Percent);
        Assert.Contains(TrafficScene.GreenName, Assert.Single(Records, record => record.Contains(TestHost, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(before, [.. Records.Where(record => !record.Contains(TestHost, StringComparison.Ordinal))]);
        Assert.Equal(BlueGreenUpgradeState.Completed, (await _scene.ResumeAsync(new() { Approve = ["traffic"] })).State);
        Assert.DoesNotContain(Records, record => record.Contains(TestHost, StringComparison.Ordinal));
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync()).State);
        Assert.Equal(before, Records);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_test_host_stays_where_traffic_went_back_and_an_undo_takes_away_what_is_ours_alone(bool isChanged)
    {
        await StartAsync();
        var before = Records;
        _answer = context => Task.FromResult(context.Response.StatusCode = Percent > 0 ? 503 : 200);
        Assert.Equal("TrafficProbeFailed", (await _scene.InvokeAsync(await PlanAsync(("test-host", "testHost", TestHost)))).Failure!.Id);
        Assert.Contains(Records, record => record.Contains(TestHost, StringComparison.Ordinal));
        if (isChanged)
            _scene.Host.Dns!.Put(Zone, TrafficScene.Cname(TestHost, "elsewhere.test"));
        var undone = await _scene.UndoAsync();
        Assert.Equal(BlueGreenUpgradeState.Undone, undone.State);
        Assert.Contains(isChanged ? "somebody else" : "is gone", undone.Steps.Single(step => step.Id == "test-host").Result, StringComparison.Ordinal);
        Assert.Equal(before, [.. Records.Where(record => !record.Contains("elsewhere.test", StringComparison.Ordinal))]);
        Assert.Equal(isChanged, Records.Any(record => record.Contains(TestHost, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_test_host_whose_name_is_taken_is_not_touched()
    {
        await StartAsync();
        _scene.Host.Dns!.Put(Zone, TrafficScene.Cname(TestHost, "elsewhere.test"));
        var before = Records;
        Assert.Equal("TrafficTestHostTaken", (await _scene.InvokeAsync(await PlanAsync(("test-host", "testHost", TestHost)))).Failure!.Id);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync()).State);
        Assert.Equal(before, Records);
    }

    [Theory]
    [InlineData(503, "/", "1h", "answered 503")]
    [InlineData(200, "/healthz", "60s", null)]
    public async Task A_soak_asks_for_the_host_at_greens_load_balancer(int status, string path, string duration, string? fault)
    {
        await StartAsync();
        var plan = await PlanAsync(("soak", "duration", duration), ("soak", "interval", "20s"), ("soak", "include", "DefinitionsEstablished"), ("soak", "probe", $"http://{TrafficScene.Host}{path}"));
        var soak = plan.Steps.Single(step => step.Id == "soak");
        Assert.Equal(TrafficScene.Host, soak.Setting["hosts"]);
        var asked = 0;
        // It fails once users are there: what the switch asks stays well.
        _answer = context =>
        {
            if (context.Request.Path == path && Records.All(record => !record.Contains("_konupgrade", StringComparison.Ordinal)) && Percent == 100)
            {
                Interlocked.Increment(ref asked);
                Assert.Equal(TrafficScene.Host, context.Request.Host.Host);
                context.Response.StatusCode = status;
            }
            return Task.CompletedTask;
        };
        var ended = await _scene.InvokeAsync(plan, new() { OnFailure = UpgradeFailureAction.Undo });
        Assert.InRange(asked, fault is null ? 1 : 3, int.MaxValue);
        if (fault is null)
        {
            Assert.True(ended.State == BlueGreenUpgradeState.Completed, ended.Failure?.ToString());
            Assert.Contains($"{TrafficScene.Host} served", ended.Steps.Single(step => step.Id == "soak").Result, StringComparison.Ordinal);
            return;
        }

        // As a whole it is taken back, traffic first.
        Assert.Equal(BlueGreenUpgradeState.Undone, ended.State);
        Assert.Equal("TrafficProbeFailed", ended.Cause?.Id);
        Assert.Contains(fault, ended.Cause!.Message, StringComparison.Ordinal);
        Assert.Equal(0, Percent);
        Assert.Equal(0, await _scene.ReplicasAsync("green"));
    }

    [Fact]
    public async Task Where_traffic_can_not_be_led_back_green_serves_on()
    {
        await StartAsync();
        Assert.Equal(BlueGreenUpgradeState.Completed, (await _scene.InvokeAsync(await PlanAsync())).State);
        _scene.Aws = _scene.Aws with { Keys = TestKeys.Of("AKIAIOSFODNN7OTHER00", "no such secret") };
        var undone = await _scene.UndoAsync();
        Assert.Equal(BlueGreenUpgradeState.UndoFailed, undone.State);
        Assert.Equal("ServingNotHeld", undone.Steps.Single(step => step.Id == "serve").Failure?.Id);
        Assert.Equal(3, await _scene.ReplicasAsync("green"));
    }

    [Fact]
    public async Task What_would_be_done_is_told_stage_by_stage()
    {
        await StartAsync();
        var step = (await _scene.PreviewAsync(await PlanAsync())).Single(step => step.Id == "traffic");
        Assert.Contains("lower the TTL", step.Result, StringComparison.Ordinal);
        Assert.Contains("50 % for", step.Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_an_import_green_need_not_have_a_load_balancer()
    {
        await StartAsync(onGreen: false);
        var steps = await _scene.PreviewAsync(await PlanAsync(("test-host", "testHost", TestHost)));
        Assert.All(steps.Where(step => step.Id is "traffic" or "test-host"), step =>
        {
            Assert.Null(step.Failure);
            Assert.Equal("shop.example.com: found out when what is imported has its load balancer on green", step.Result);
        });
    }

    // How many of a hundred are led to green now.
    private int Percent
    {
        get
        {
            var records = Records.Select(xml => Engine.Aws.Route53.ResourceRecordSet.Read(System.Xml.Linq.XElement.Parse(xml))).Where(record => record.Name == $"{TrafficScene.Host}." && record.Type != "TXT").ToList();
            return records.Find(record => record.Values[0] == TrafficScene.GreenName) is not { } green ? 0 : green.Weight ?? 100;
        }
    }

    // What is none of a switch's.
    private static IReadOnlyList<string> Others(IReadOnlyList<string> records) =>
        [.. records.Where(record => !record.Contains($"<Name>{TrafficScene.Host}.</Name>", StringComparison.Ordinal) && !record.Contains("_konupgrade", StringComparison.Ordinal) && !record.Contains(TestHost, StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        if (_scene is not null)
            await _scene.DisposeAsync();
        if (_balancer is not null)
            await _balancer.DisposeAsync();
    }

    private async Task StartAsync(bool onGreen = true)
    {
        _balancer = await FakeServer.StartAsync(context => _answer(context));
        _scene = await UpgradeScene.StartAsync(with: options => options with { Dns = new DnsSettings { Speed = 1_000_000, Zones = [new("example.com")] } });
        _scene.Time = new FastTime(2000);
        _scene.Host.Cluster("blue").Seed([UpgradeScene.Namespace("istio-system"), TrafficScene.Ingress("istio-system", "shop", TrafficScene.BlueName)], "istio");
        if (onGreen)
            _scene.Host.Cluster("green").Seed([UpgradeScene.Namespace("istio-system"), TrafficScene.Ingress("istio-system", "shop", TrafficScene.GreenName)], "istio");
        _scene.Host.Dns!.Put(Zone, TrafficScene.Cname(TrafficScene.Host, TrafficScene.BlueName), TrafficScene.Text("example.com", "ours"), TrafficScene.Cname("shop-admin.example.com", "third.test", 77));
    }

    private Task<UpgradePlan> PlanAsync(params (string Step, string Setting, string Value)[] more)
    {
        var settings = new Dictionary<string, Dictionary<string, string>>
        {
            ["traffic"] = new()
            {
                ["hosts"] = TrafficScene.Host,
                ["weights"] = "50,100",
                ["soak"] = "5s",
                ["probe"] = string.Create(CultureInfo.InvariantCulture, $"http://{TrafficScene.Host}/healthz"),
                ["probeAddress"] = _balancer.Uri.Authority,
                ["probeInterval"] = "1s",
            },
        };
        foreach (var (step, setting, value) in more)
        {
            settings.TryAdd(step, []);
            settings[step][setting] = value;
        }

        return _scene.PlanAsync(new UpgradePlanOptions { Setting = settings.ToDictionary(step => step.Key, step => (IReadOnlyDictionary<string, string>)step.Value) });
    }
}
