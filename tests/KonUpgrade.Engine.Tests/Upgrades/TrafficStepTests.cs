using System.Globalization;
using KonUpgrade.Engine.Tests.Aws;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Tests.Traffic;
using KonUpgrade.Engine.Upgrades.Plans;
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

    [Fact]
    public async Task A_probe_that_fails_ends_the_upgrade_with_traffic_on_blue()
    {
        await StartAsync();
        var before = Records;
        // It answers until half of the traffic comes.
        _answer = context =>
        {
            context.Response.StatusCode = Records.Any(record => record.Contains("<Weight>50</Weight>", StringComparison.Ordinal)) ? 503 : 200;
            return Task.CompletedTask;
        };
        var ended = await _scene.InvokeAsync(await PlanAsync());
        Assert.Equal(BlueGreenUpgradeState.Failed, ended.State);
        Assert.Equal("TrafficProbeFailed", ended.Failure!.Id);
        Assert.Equal(before, Records);
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

    public async ValueTask DisposeAsync()
    {
        if (_scene is not null)
            await _scene.DisposeAsync();
        if (_balancer is not null)
            await _balancer.DisposeAsync();
    }

    private async Task StartAsync()
    {
        _balancer = await FakeServer.StartAsync(context => _answer(context));
        _scene = await UpgradeScene.StartAsync(with: options => options with { Dns = new DnsSettings { Speed = 1_000_000, Zones = [new("example.com")] } });
        _scene.Time = new FastTime(2000);
        _scene.Host.Cluster("blue").Seed([UpgradeScene.Namespace("istio-system"), TrafficScene.Ingress("istio-system", "shop", TrafficScene.BlueName)], "istio");
        _scene.Host.Cluster("green").Seed([UpgradeScene.Namespace("istio-system"), TrafficScene.Ingress("istio-system", "shop", TrafficScene.GreenName)], "istio");
        _scene.Host.Dns!.Put(Zone, TrafficScene.Cname(TrafficScene.Host, TrafficScene.BlueName), TrafficScene.Text("example.com", "ours"));
    }

    private Task<UpgradePlan> PlanAsync() => _scene.PlanAsync(new UpgradePlanOptions
    {
        Setting = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["traffic"] = new Dictionary<string, string>
            {
                ["hosts"] = TrafficScene.Host,
                ["weights"] = "50,100",
                ["soak"] = "5s",
                ["probe"] = string.Create(CultureInfo.InvariantCulture, $"http://{TrafficScene.Host}/healthz"),
                ["probeAddress"] = _balancer.Uri.Authority,
                ["probeInterval"] = "1s",
            },
        },
    });
}
