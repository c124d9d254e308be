using System.Collections.Concurrent;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Comparing;
using KonUpgrade.Engine.Readiness.Health;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Readiness;

/// <summary>How it is waited until a cluster is well, or is what another one is. The clock is the test's.</summary>
public sealed class HealthWaitTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    // Passes over the second between two looks, and not over the half minute.
    private static readonly TimeSpan s_floor = TimeSpan.FromSeconds(5);
    private readonly ManualTime _time = new();
    private readonly RecordingReporter _reporter = new();
    private readonly ConcurrentQueue<string> _told = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_blocks_is_looked_at_again_when_something_changes_and_comes_out_once()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("green", "1.33"));
        host.Cluster("green").Seed([Service("web")]);
        await using var green = await SandboxFixture.ConnectAsync(host, "green");
        var waiting = _time.RunAsync(CheckAsync(green), s_floor);
        await RestingAsync(2);
        Assert.Equal(["NodesReady NotApplicable"], _told);

        host.Cluster("green").Seed([Slice("web")]);

        Assert.Equal(2, await waiting);
        Assert.Equal(["NodesReady NotApplicable", "ServicesAnswer Passed"], _told);
        Assert.Single(_reporter.Of("verbose"), message => message.StartsWith("green: NodesReady", StringComparison.Ordinal));
    }

    [Fact]
    public async Task At_the_end_of_the_time_the_last_outcome_comes_out()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("green", "1.33"));
        host.Cluster("green").Seed([Service("web")]);
        await using var green = await SandboxFixture.ConnectAsync(host, "green");
        var waiting = _time.RunAsync(CheckAsync(green), s_floor);
        await RestingAsync(2);

        _time.Advance(s_limit);

        await waiting;
        Assert.Equal(["NodesReady NotApplicable", "ServicesAnswer Failed"], _told);
    }

    [Fact]
    public async Task What_can_t_be_watched_is_looked_at_again_after_half_a_minute()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("green", "1.33"));
        host.Cluster("green").Seed([Service("web")]);
        host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "watch", Count = null });
        await using var green = await SandboxFixture.ConnectAsync(host, "green");
        var checking = CheckAsync(green);
        await _time.RunAsync(RestingAsync(1), s_floor);
        host.Cluster("green").Seed([Slice("web")]);

        await _time.RunAsync(checking, SurveyWatch.Most + s_floor);

        Assert.Equal(["NodesReady NotApplicable", "ServicesAnswer Passed"], _told);
        Assert.Contains(_reporter.Of("verbose"), message => message.Contains("is not watched", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cluster_that_is_well_is_not_waited_for()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("green", "1.33"));
        await using var green = await SandboxFixture.ConnectAsync(host, "green");
        Assert.Equal(2, await CheckAsync(green));
        Assert.Empty(_time.Waited);
    }

    [Fact]
    public async Task Green_is_compared_again_in_what_blocks_until_it_is_what_blue_is()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"), new SandboxClusterOptions("green", "1.34"));
        host.Cluster("blue").Seed([Service("web"), Slice("web"), Claim("Bound")]);
        host.Cluster("green").Seed([Service("web"), Service("new"), Claim("Bound"), Ingress]);
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");
        await using var green = await SandboxFixture.ConnectAsync(host, "green");
        var waiting = _time.RunAsync(CompareAsync(blue, green), s_floor);
        await RestingAsync(2);
        // Of Ingresses nothing blocks: what is to be said of them is said.
        Assert.Equal(["Extra Ingress web"], _told);

        host.Cluster("green").Seed([Slice("web")]);

        await waiting;
        Assert.Equal(["Extra Ingress web", "Extra Service new"], _told);
    }

    [Fact]
    public async Task What_still_blocks_at_the_end_of_the_time_is_told()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"), new SandboxClusterOptions("green", "1.34"));
        host.Cluster("blue").Seed([Service("web")]);
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");
        await using var green = await SandboxFixture.ConnectAsync(host, "green");
        var waiting = _time.RunAsync(CompareAsync(blue, green), s_floor);
        await RestingAsync(2);
        Assert.Empty(_told);

        _time.Advance(s_limit);

        await waiting;
        Assert.Equal(["Missing Service web"], _told);
    }

    private Task<int> CheckAsync(ClusterConnection green) => Task.Run(
        async () =>
        {
            var checks = new CheckSelection(["NodesReady", "ServicesAnswer"], []).Of(HealthChecks.All, []);
            var survey = await ClusterSurvey.BeginAsync(green, [], Token, _time);
            await foreach (var check in new HealthWatch(green, checks, [], Wait(), _reporter).RunAsync(survey, Token))
                _told.Enqueue($"{check.Id} {check.Status}");
            return _told.Count;
        },
        Token);

    private Task<int> CompareAsync(ClusterConnection blue, ClusterConnection green) => Task.Run(
        async () =>
        {
            var options = new HealthComparisonOptions { System = new SystemCatalog(new SystemServices { Roles = null }).Whole, Namespaces = ["default"], Wait = Wait() };
            await foreach (var difference in new HealthComparer(blue, green, options, _reporter).RunAsync(Token))
                _told.Enqueue($"{difference.State} {difference.Kind} {difference.Name}");
            return _told.Count;
        },
        Token);

    private ReadinessWait Wait() => new(s_limit) { Time = _time };

    // So often it has looked, and waits.
    private async Task<int> RestingAsync(int looks)
    {
        await Eventually.TrueAsync(() => _reporter.Of("verbose").Count(message => message.StartsWith("green: waiting for", StringComparison.Ordinal)) >= looks, "it waits", Token);
        return looks;
    }

    private static string Service(string name) => $$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{name}}","namespace":"default"},"spec":{"selector":{"app":"{{name}}"},"ports":[{"port":80}]} }""";

    private static string Slice(string name) =>
        $$"""{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"{{name}}-1","namespace":"default","labels":{"kubernetes.io/service-name":"{{name}}"} },"addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"conditions":{"ready":true} }]}""";

    private static string Claim(string phase) =>
        $$"""{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"default"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } },"status":{"phase":"{{phase}}"} }""";

    private static string Ingress => """{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web","namespace":"default"},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80} } } } }""";
}
