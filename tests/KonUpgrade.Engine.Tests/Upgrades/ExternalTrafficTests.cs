using System.Collections.Concurrent;
using System.Net;
using KonUpgrade.Engine.Tests.Aws;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Tests.Traffic;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Dns;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>The step that somebody else leads host names in: where no zone of ours decides it.</summary>
public sealed class ExternalTrafficTests : IAsyncDisposable
{
    private const string TestHost = "try.example.com";
    private const string Portal = "kflive.example.com";
    private const string GreenPortal = "kubeflowgreen.example.com";

    private readonly ConcurrentDictionary<string, IPAddress[]> _dns = new();

    private UpgradeScene _scene = null!;
    private FakeServer? _balancer;

    [Fact]
    public async Task It_tells_what_to_change_and_goes_on_when_the_name_answers_with_greens_addresses()
    {
        await StartAsync();
        var looks = 0;
        _scene.LookUp = name =>
        {
            if (name == TrafficScene.Host && ++looks == 3)
                _dns[TrafficScene.Host] = Addresses("203.0.113.8");
            return _dns.GetValueOrDefault(name, []);
        };
        var preview = (await _scene.PreviewAsync(await PlanAsync())).Single(step => step.Id == "traffic-elsewhere");
        Assert.Contains($"make its record a CNAME (at the apex of a zone, an alias) for {TrafficScene.GreenName}, in place of {TrafficScene.BlueName}.", preview.Result, StringComparison.Ordinal);
        var ended = await _scene.InvokeAsync(await PlanAsync());
        Assert.True(ended.State == BlueGreenUpgradeState.Completed, ended.Failure?.ToString());
        Assert.Equal($"{TrafficScene.Host} leads to {TrafficScene.GreenName} (203.0.113.8)", ended.Steps.Single(step => step.Id == "traffic-elsewhere").Result);
        Assert.Contains(_scene.Reports.Reporter.Of("warning"), line => line.Contains(TrafficScene.GreenName, StringComparison.Ordinal) && line.Contains("Tell the network team.", StringComparison.Ordinal));
        Assert.Equal(3, looks);
    }

    [Theory]
    [InlineData("198.51.100.1", "still leads to")]
    [InlineData("198.51.100.1,203.0.113.7", "leads to both load balancers")]
    [InlineData("192.0.2.77", "which is not")]
    [InlineData("", "DNS does not know")]
    public async Task What_does_not_lead_to_green_alone_is_no_proof(string answered, string words)
    {
        await StartAsync();
        _dns[TrafficScene.Host] = Addresses(answered);
        var ended = await _scene.InvokeAsync(await PlanAsync());
        Assert.Equal("WaitTimeout", ended.Failure?.Id);
        Assert.Contains(words, ended.Failure!.Message, StringComparison.Ordinal);
        // It was not led there: nobody has to lead it back, but where it answers with green's addresses too.
        var undone = await _scene.UndoAsync();
        Assert.Equal(words.Contains("both", StringComparison.Ordinal) ? BlueGreenUpgradeState.UndoFailed : BlueGreenUpgradeState.Undone, undone.State);
    }

    [Fact]
    public async Task Green_serves_until_somebody_has_led_the_name_back()
    {
        await StartAsync();
        _dns[TrafficScene.Host] = Addresses("203.0.113.7,203.0.113.8");
        Assert.Equal(BlueGreenUpgradeState.Completed, (await _scene.InvokeAsync(await PlanAsync())).State);
        var undone = await _scene.UndoAsync();
        Assert.Equal(BlueGreenUpgradeState.UndoFailed, undone.State);
        var step = undone.Steps.Single(one => one.Id == "traffic-elsewhere");
        Assert.Equal("TrafficNotLedBack", step.Failure?.Id);
        Assert.Contains($"{TrafficScene.BlueName}, in place of {TrafficScene.GreenName}", step.Failure!.Recommendation, StringComparison.Ordinal);
        Assert.Equal("ServingNotHeld", undone.Steps.Single(one => one.Id == "serve").Failure?.Id);
        Assert.Equal(3, await _scene.ReplicasAsync("green"));
        _dns[TrafficScene.Host] = Addresses("198.51.100.1");
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync()).State);
        Assert.Equal(0, await _scene.ReplicasAsync("green"));
    }

    [Fact]
    public async Task A_test_host_goes_when_the_name_leads_to_green()
    {
        await StartAsync();
        _dns[TrafficScene.Host] = Addresses("203.0.113.7");
        var before = Records;
        var waiting = await _scene.InvokeAsync(await PlanAsync(("test-host", "testHost", TestHost)), new() { Gates = ["traffic-elsewhere"] });
        Assert.True(waiting.State == BlueGreenUpgradeState.AwaitingApproval, waiting.Failure?.ToString());
        Assert.Contains(Records, record => record.Contains(TestHost, StringComparison.Ordinal));
        var ended = await _scene.ResumeAsync(new() { Approve = ["traffic-elsewhere"] });
        Assert.Contains($"the test host {TestHost} is gone", ended.Steps.Single(step => step.Id == "traffic-elsewhere").Result, StringComparison.Ordinal);
        Assert.Equal(before, Records);
    }

    [Fact]
    public async Task The_rule_of_a_load_balancer_is_waited_for_by_where_it_redirects_to()
    {
        var asked = 0;
        _balancer = await FakeServer.StartAsync(context =>
        {
            Assert.Equal(Portal, context.Request.Host.Host);
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = Interlocked.Increment(ref asked) switch { 1 => "/login", 2 => "https://kubeflowblue.example.com/", _ => $"https://{GreenPortal}/" };
            return Task.CompletedTask;
        });
        await StartAsync();
        var plan = await PlanAsync(("traffic-elsewhere", "hosts", Portal), ("traffic-elsewhere", "redirectTo", GreenPortal), ("traffic-elsewhere", "probe", $"http://{Portal}/"), ("traffic-elsewhere", "probeAddress", _balancer.Uri.Authority), ("soak", "duration", "1h"));
        Assert.Equal(GreenPortal, plan.Steps.Single(step => step.Id == "soak").Setting["hosts"]);
        var ended = await _scene.InvokeAsync(plan with { Steps = [.. plan.Steps.Where(step => step.Id != "soak")] });
        Assert.Equal($"{Portal} redirects to {GreenPortal}", ended.Steps.Single(step => step.Id == "traffic-elsewhere").Result);
        Assert.Equal(3, asked);
        Assert.Contains(_scene.Reports.Reporter.Of("warning"), line => line.Contains($"let the rule redirect to {GreenPortal}, with status 302", StringComparison.Ordinal));
        Assert.Equal("TrafficNotLedBack", (await _scene.UndoAsync()).Steps.Single(step => step.Id == "traffic-elsewhere").Failure?.Id);
    }

    [Theory]
    [InlineData("shop.example.com", "traffic")]
    [InlineData("shop.elsewhere.test", "traffic-elsewhere")]
    [InlineData("shop.example.com,shop.elsewhere.test", "traffic,traffic-elsewhere")]
    public async Task A_plan_finds_out_which_names_Route_53_keeps(string hosts, string steps)
    {
        await StartAsync();
        var plan = await _scene.PlanAsync(Options(("traffic", "hosts", hosts)) with { Aws = _scene.Aws with { Environment = name => name == "AWS_PROFILE" ? "ours" : null } });
        Assert.Equal(steps.Split(','), plan.Steps.Where(step => step.Id.StartsWith("traffic", StringComparison.Ordinal)).Select(step => step.Id));
        Assert.Equal(hosts.Split(','), plan.Steps.Where(step => step.Id.StartsWith("traffic", StringComparison.Ordinal)).Select(step => step.Setting["hosts"]));
    }

    [Theory]
    [InlineData("hostedZone")]
    [InlineData("no login")]
    [InlineData("another's keys")]
    public async Task What_is_said_or_can_not_be_asked_stays_as_it_was_asked_for(string why)
    {
        await StartAsync();
        var options = Options(("traffic", "hosts", "shop.elsewhere.test"));
        if (why == "hostedZone")
            options = Options(("traffic", "hosts", "shop.elsewhere.test"), ("traffic", "hostedZone", "Z1"));
        var aws = _scene.Aws with { Environment = name => name == "AWS_PROFILE" && why != "no login" ? "ours" : null };
        if (why == "another's keys")
            aws = aws with { Keys = TestKeys.Of("AKIAIOSFODNN7OTHER00", "no such secret") };
        if (why == "no login")
            aws = aws with { Keys = null };
        var plan = await _scene.PlanAsync(options with { Aws = aws });
        Assert.Contains(plan.Steps, step => step.Id == "traffic");
        Assert.DoesNotContain(plan.Steps, step => step.Id == "traffic-elsewhere");
    }

    [Fact]
    public async Task Where_users_log_in_at_the_load_balancer_the_rule_is_somebody_elses_to_change()
    {
        await StartAsync();
        foreach (var side in new[] { "blue", "green" })
            _scene.Host.Cluster(side).Seed([Login($"kubeflow{side}.example.com")], "kubeflow");
        var plan = await _scene.PlanAsync(Options(("traffic", "hosts", Portal)));
        Assert.DoesNotContain(plan.Steps, step => step.Id == "traffic");
        // What is no name is refused where it was given.
        foreach (var hosts in (string[])["", $"{Portal},", $"https://{Portal}"])
        {
            var failure = (await Assert.ThrowsAsync<UpgradeException>(() => _scene.PlanAsync(Options(("traffic", "hosts", hosts))))).Failure;
            Assert.Equal(("StepSettingInvalid", "traffic.hosts"), (failure.Id, failure.Target));
        }

        Assert.Equal((Portal, GreenPortal), (plan.Steps.Single(step => step.Id == "traffic-elsewhere").Setting["hosts"], plan.Steps.Single(step => step.Id == "traffic-elsewhere").Setting["redirectTo"]));
    }

    [Fact]
    public async Task One_name_is_led_by_one_step()
    {
        await StartAsync();
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => PlanAsync(("traffic", "hosts", "SHOP.example.com")))).Failure;
        Assert.Equal("StepSettingInvalid", failure.Id);
        Assert.Contains("both lead", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    public async ValueTask DisposeAsync()
    {
        if (_scene is not null)
            await _scene.DisposeAsync();
        if (_balancer is not null)
            await _balancer.DisposeAsync();
    }

    private IReadOnlyList<string> Records => _scene.Host.Dns!.Records(_scene.Host.Dns.ZoneId("example.com"));

    private static IPAddress[] Addresses(string texts) => [.. texts.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)];

    private static string Login(string host) =>
        """{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"namespace":"istio-system","name":"istio-ingress","annotations":{"alb.ingress.kubernetes.io/auth-type":"cognito"}},"spec":{"rules":[{"host":"HOST_","http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"istio-ingressgateway","port":{"number":80}}}}]}}]}}""".Replace("HOST_", host, StringComparison.Ordinal);

    private static UpgradePlanOptions Options(params (string Step, string Setting, string Value)[] given) => new()
    {
        Setting = given.GroupBy(one => one.Step).ToDictionary(step => step.Key, step => (IReadOnlyDictionary<string, string>)step.ToDictionary(one => one.Setting, one => one.Value)),
    };

    private async Task StartAsync()
    {
        _scene = await UpgradeScene.StartAsync(with: options => options with { Dns = new DnsSettings { Speed = 1_000_000, Zones = [new("example.com")] } });
        _scene.Time = new FastTime(20);
        _scene.LookUp = name => _dns.GetValueOrDefault(name, []);
        _dns[TrafficScene.BlueName] = Addresses("198.51.100.1,198.51.100.2");
        _dns[TrafficScene.GreenName] = Addresses("203.0.113.7,203.0.113.8");
        _dns[TrafficScene.Host] = Addresses("198.51.100.1");
        _scene.Host.Cluster("blue").Seed([UpgradeScene.Namespace("istio-system"), TrafficScene.Ingress("istio-system", "shop", TrafficScene.BlueName)], "istio");
        _scene.Host.Cluster("green").Seed([UpgradeScene.Namespace("istio-system"), TrafficScene.Ingress("istio-system", "shop", TrafficScene.GreenName)], "istio");
    }

    private Task<UpgradePlan> PlanAsync(params (string Step, string Setting, string Value)[] more)
    {
        (string Step, string Setting, string Value)[] given =
        [
            .. more,
            .. new[] { ("hosts", TrafficScene.Host), ("timeout", "20s"), ("interval", "2s"), ("task", "Tell the network team.") }
                .Where(pair => !more.Any(one => one.Step == "traffic-elsewhere" && one.Setting == pair.Item1)).Select(pair => ("traffic-elsewhere", pair.Item1, pair.Item2)),
        ];
        return _scene.PlanAsync(Options(given));
    }
}
