using System.Collections.Concurrent;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Traffic;

/// <summary>Traffic is switched in the sandbox's zones, with a server that is asked in the stead of green's load balancer.</summary>
public sealed class TrafficSwitchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("simple", "CNAME/300>blue", "CNAME*95/60>blue CNAME*5/60>green", "CNAME/300>green")]
    [InlineData("short", "CNAME/30>blue", "CNAME*95/30>blue CNAME*5/30>green", "CNAME/30>green")]
    [InlineData("alias", "A>blue AAAA>blue", "A*95>blue A*5>green AAAA*95>blue AAAA*5>green", "A>green AAAA>green")]
    [InlineData("console", "A>d.blue", "A*95>d.blue A*5>d.green", "A>d.green")]
    [InlineData("pair", "CNAME*10/300>blue CNAME*0/300>green", "CNAME*95/60>blue CNAME*5/60>green", "CNAME*0/300>blue CNAME*100/300>green")]
    [InlineData("weighted", "CNAME*7/300>blue", "CNAME*95/60>blue CNAME*5/60>green", "CNAME*0/300>blue CNAME*100/300>green")]
    public async Task Traffic_goes_over_in_stages_and_the_records_keep_their_form(string form, string before, string first, string after)
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form(form));
        var others = Others(scene);
        var seen = Watch(scene);
        Assert.Equal(before, scene.Now);
        var done = await scene.SwitchAsync(cancellationToken: Token);
        Assert.Equal((TrafficAction.Switched, TrafficSide.Green, 100.0, false, null), (done.Action, done.ServedBy, done.GreenPercent, done.IsSwitching, done.Failure));
        Assert.Equal((after, false), (scene.Now, scene.HasMarker));
        Assert.Equal([0, 5, 25, 50, 100], seen.Select(static at => at.Percent).Distinct());
        Assert.Equal(before, seen.First().Now);
        Assert.Equal(first, seen.First(static at => at.Percent == 5).Now);
        Assert.Equal(others, Others(scene));
        Assert.Equal(TrafficAction.Unchanged, (await scene.SwitchAsync(cancellationToken: Token)).Action);
    }

    [Theory]
    [InlineData("simple", "CNAME/300>blue", "CNAME/60>green", "CNAME/300>green")]
    [InlineData("alias", "A>blue AAAA>blue", "A>green AAAA>green", "A>green AAAA>green")]
    [InlineData("latency", "CNAME/300>blue CNAME/300>blue", "CNAME/60>green CNAME/60>green", "CNAME/300>green CNAME/300>green")]
    [InlineData("pair", "CNAME*10/300>blue CNAME*0/300>green", "CNAME*0/60>blue CNAME*100/60>green", "CNAME*0/300>blue CNAME*100/300>green")]
    public async Task All_at_once_no_answer_is_ever_a_choice_between_the_two(string form, string before, string during, string after)
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form(form));
        var others = Others(scene);
        var seen = Watch(scene);
        var done = await scene.SwitchAsync(scene.Options with { Weight = [] }, Token);
        Assert.Equal((TrafficAction.Switched, TrafficSide.Green), (done.Action, done.ServedBy));
        Assert.Equal([before, during], seen.Select(static at => at.Now).Distinct());
        Assert.Equal((after, false), (scene.Now, scene.HasMarker));
        Assert.Equal(others, Others(scene));
    }

    [Theory]
    [InlineData("simple", 5)]
    [InlineData("simple", 25)]
    [InlineData("simple", 50)]
    [InlineData("simple", 100)]
    [InlineData("alias", 25)]
    [InlineData("pair", 50)]
    [InlineData("simple", 100, true)]
    [InlineData("latency", 100, true)]
    public async Task A_probe_that_fails_in_a_stage_brings_every_record_back(string form, int at, bool allAtOnce = false)
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form(form));
        var before = scene.Records;
        scene.Answer = context =>
        {
            context.Response.StatusCode = scene.Percent >= at ? 503 : 200;
            return Task.CompletedTask;
        };
        var done = await scene.SwitchAsync(allAtOnce ? scene.Options with { Weight = [] } : null, Token);
        Assert.Equal((TrafficAction.PutBack, TrafficSide.Blue), (done.Action, done.ServedBy));
        Assert.Equal(("TrafficProbeFailed", TrafficScene.Host), (done.Failure?.Id, done.Failure?.Target));
        Assert.Contains($"{at} %", done.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("answered 503", done.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, scene.Records);
    }

    [Theory]
    [InlineData("simple", 0)]
    [InlineData("simple", 5)]
    [InlineData("simple", 50)]
    [InlineData("simple", 100)]
    [InlineData("alias", 25)]
    [InlineData("pair", 25)]
    [InlineData("latency", 100, true)]
    public async Task What_was_stopped_in_a_stage_is_carried_on_by_the_same_command_and_taken_back_by_the_other(string form, int at, bool allAtOnce = false)
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form(form));
        var options = allAtOnce ? scene.Options with { Weight = [] } : scene.Options;
        var before = scene.Records;
        var reference = await Journaled(scene, options);
        await StopAsync(scene, options, at);
        var stopped = await scene.ReadAsync();
        Assert.Equal((at, at > 0 || scene.HasMarker), (scene.Percent, stopped.IsSwitching));
        Assert.Equal(reference, await Journaled(scene, options));
        Assert.Equal(TrafficAction.Switched, (await scene.SwitchAsync(options, Token)).Action);
        var after = scene.Records;
        Assert.Equal((100, false), (scene.Percent, scene.HasMarker));
        // The same from the beginning, and then back; what the first command wrote down brings the very records of before.
        using var dns = scene.Dns();
        await TrafficSwitch.PutBackAsync(dns, [.. reference.Select(TrafficState.Parse)], scene.Reporter, Token, options.Time);
        Assert.Equal(before, scene.Records);
        await StopAsync(scene, options, at);
        var back = await scene.SwitchAsync(options with { To = TrafficSide.Blue }, Token);
        Assert.Equal((before.Count, at > 0 ? TrafficAction.PutBack : back.Action), (scene.Records.Count, back.Action));
        Assert.Equal(before, scene.Records);
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task A_stop_while_the_old_ttl_runs_out_leaves_a_stage_that_the_next_run_knows()
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form("simple"));
        var before = scene.Records;
        var time = new ManualTime();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var dns = scene.Dns();
        var running = (await scene.PrepareAsync(dns, scene.Options with { Time = time, Probe = null })).RunAsync(stop.Token);
        while (!time.IsWaitedFor(TimeSpan.FromMinutes(4)))
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(2, Token);
        }
        Assert.Equal(("CNAME*100/60>blue", true), (scene.Now, scene.HasMarker));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.True((await scene.ReadAsync()).IsSwitching);
        Assert.Equal(TrafficAction.PutBack, (await scene.SwitchAsync(scene.Options with { To = TrafficSide.Blue }, Token)).Action);
        Assert.Equal(before, scene.Records);
    }

    [Theory]
    [InlineData(FaultKind.TooManyRequests, "ChangeResourceRecordSets", null)]
    [InlineData(FaultKind.TooManyRequests, "ChangeResourceRecordSets", "PriorRequestNotComplete")]
    [InlineData(FaultKind.ServerError, "ChangeResourceRecordSets", null)]
    [InlineData(FaultKind.Reset, "ChangeResourceRecordSets", null)]
    [InlineData(FaultKind.Reset, "ChangeResourceRecordSets", "lost")]
    [InlineData(FaultKind.ServerError, "GetChange", null)]
    [InlineData(FaultKind.TooManyRequests, "ListResourceRecordSets", null)]
    public async Task Faults_of_the_service_change_nothing_in_the_end(FaultKind kind, string operation, string? how)
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form("simple"));
        var fault = scene.Sandbox.Faults.Add(new SandboxFault
        {
            Kind = kind,
            Verb = operation,
            Group = "route53.amazonaws.com",
            Skip = 2,
            Count = 4,
            RetryAfterSeconds = 0,
            Reason = how is "lost" ? null : how,
            AfterBytes = how is "lost" ? 10 : null,
        });
        Assert.Equal(TrafficAction.Switched, (await scene.SwitchAsync(cancellationToken: Token)).Action);
        Assert.Equal(("CNAME/300>green", false), (scene.Now, scene.HasMarker));
        Assert.True(scene.Sandbox.Faults.Struck(fault) > 0);
    }

    [Fact]
    public async Task What_would_be_done_is_told_stage_by_stage_and_nothing_is_changed()
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form("simple"));
        var before = scene.Records;
        using var dns = scene.Dns();
        var planned = await scene.PrepareAsync(dns, scene.Options with { TestHostName = "try.example.com" });
        Assert.Equal(
            ["TestHost 0", "LowerTtl 0 00:05:00", "Shift 5 00:01:20", "Shift 25 00:01:20", "Shift 50 00:01:20", "Shift 100 00:01:20", "Settle 100"],
            planned.Stages.Select(static stage => $"{stage.Kind} {stage.Percent}{(stage.Wait > TimeSpan.Zero ? $" {stage.Wait}" : "")}"));
        Assert.Equal(["DELETE", "CREATE", "CREATE"], planned.Stages[1].Changes.Select(static change => change.Action));
        Assert.Equal(["UPSERT", "CREATE"], planned.Stages[2].Changes.Select(static change => change.Action));
        Assert.Equal("""{"Name":"shop.example.com.","Type":"CNAME","SetIdentifier":"konupgrade-green","Weight":25,"TTL":60,"ResourceRecords":[{"Value":"k8s-shop-green-2.eu-central-1.elb.amazonaws.com"}]}""", planned.Stages[3].Changes[1].Record);
        Assert.All(planned.Stages.SelectMany(static stage => stage.Changes), change => Assert.Equal(scene.Zone, change.HostedZoneId));
        Assert.Equal("""{"Name":"shop.example.com.","Type":"CNAME","TTL":300,"ResourceRecords":[{"Value":"k8s-shop-blue-1.eu-central-1.elb.amazonaws.com"}]}""", Assert.Single(Assert.Single(planned.Before).Records));
        Assert.Equal(before, scene.Records);
    }

    [Fact]
    public async Task A_test_host_leads_to_green_from_the_beginning_to_the_end()
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form("simple"));
        var before = scene.Records;
        var seen = Watch(scene);
        await scene.SwitchAsync(scene.Options with { TestHostName = "Try.example.com" }, Token);
        Assert.Equal([false, true], seen.Select(static at => at.HasTestHost).Distinct());
        Assert.Equal(before.Count, scene.Records.Count);
        Assert.DoesNotContain(scene.Records, static record => record.Contains("try.example.com", StringComparison.Ordinal));
        scene.Answer = context => Task.FromResult(context.Response.StatusCode = scene.Percent is > 0 and < 100 ? 500 : 200);
        Assert.Equal("TrafficTestHostTaken", (await Assert.ThrowsAsync<UpgradeException>(() => scene.SwitchAsync(scene.Options with { To = TrafficSide.Blue, TestHostName = "shop-admin.example.com" }, Token))).Failure.Id);
    }

    [Fact]
    public async Task Records_that_somebody_else_changed_meanwhile_are_left()
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form("simple"));
        scene.Answer = _ =>
        {
            if (scene.Percent == 25)
                scene.Sandbox.Dns!.Put(scene.Zone, TrafficScene.Cname(TrafficScene.Host, "third.test", 60, TrafficScene.Weight("konupgrade-blue", 9)));
            return Task.CompletedTask;
        };
        var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.SwitchAsync(cancellationToken: Token));
        Assert.Equal(("TrafficChangedMeanwhile", FailureKind.Conflict), (e.Failure.Id, e.Failure.Kind));
        Assert.Equal("CNAME*9/60>third.test CNAME*25/60>green", scene.Now);
        Assert.Equal("TrafficTargetUnknown", (await scene.ReadAsync()).Failure?.Id);
    }

    [Theory]
    [InlineData(404, "TrafficTargetNotServing")]
    [InlineData(503, "TrafficTargetNotServing")]
    public async Task What_green_does_not_serve_is_not_switched_at_all(int status, string id)
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form("simple"));
        var before = scene.Records;
        scene.Answer = context => Task.FromResult(context.Response.StatusCode = status);
        var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.SwitchAsync(cancellationToken: Token));
        Assert.Equal(id, e.Failure.Id);
        Assert.Contains($"http://{TrafficScene.Host}/healthz at 127.0.0.1:", e.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, scene.Records);
        scene.Answer = context => Task.FromResult(context.Response.StatusCode = status);
        Assert.Equal(TrafficAction.Switched, (await scene.SwitchAsync(scene.Options with { Weight = [100], Probe = scene.Options.Probe! with { ExpectedStatus = [status] } }, Token)).Action);
    }

    [Theory]
    [InlineData("ChangeResourceRecordSets")]
    [InlineData("ListResourceRecordSets")]
    [InlineData("ListHostedZonesByName")]
    public async Task A_right_that_is_missing_is_named(string operation)
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form("simple"));
        scene.Sandbox.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = operation, Group = "route53.amazonaws.com", Count = null });
        var before = scene.Records;
        var e = await Assert.ThrowsAnyAsync<UpgradeException>(() => scene.SwitchAsync(cancellationToken: Token));
        Assert.Equal(("AwsAccessDenied", FailureKind.PermissionDenied), (e.Failure.Id, e.Failure.Kind));
        Assert.Contains($"route53:{operation}", e.Failure.Recommendation, StringComparison.Ordinal);
        Assert.Equal(before, scene.Records);
    }

    [Fact]
    public async Task A_way_back_that_fails_is_told_with_what_to_do()
    {
        await using var scene = (await TrafficScene.StartAsync()).With(Form("simple"));
        scene.Answer = context =>
        {
            if (scene.Percent == 25)
            {
                scene.Sandbox.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "ChangeResourceRecordSets", Group = "route53.amazonaws.com", Count = null });
                context.Response.StatusCode = 500;
            }
            return Task.CompletedTask;
        };
        var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.SwitchAsync(cancellationToken: Token));
        Assert.Equal("TrafficNotPutBack", e.Failure.Id);
        Assert.Contains("Switch-ClusterTraffic", e.Failure.Recommendation, StringComparison.Ordinal);
        Assert.DoesNotContain("is back", e.Failure.Message, StringComparison.Ordinal);
        scene.Sandbox.Faults.Clear();
        Assert.Equal((TrafficAction.PutBack, "CNAME/300>blue"), ((await scene.SwitchAsync(scene.Options with { To = TrafficSide.Blue }, Token)).Action, scene.Now));
    }

    [Fact]
    public async Task A_switch_that_ends_after_any_change_leaves_no_test_host_once_it_is_run_again()
    {
        var changes = 0;
        for (var wasStopped = true; wasStopped; changes++)
        {
            await using var scene = (await TrafficScene.StartAsync()).With(Form("simple"));
            var options = scene.Options with { TestHostName = "try.example.com" };
            var fault = scene.Sandbox.Faults.Add(new SandboxFault { Kind = FaultKind.Unanswered, Verb = "ChangeResourceRecordSets", Group = "route53.amazonaws.com", Skip = changes });
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var running = scene.SwitchAsync(options, stop.Token);
            wasStopped = await Task.WhenAny(running, scene.Sandbox.Faults.MeetAsync(fault, changes + 1, stop.Token)) != running;
            await stop.CancelAsync();
            Assert.Equal(wasStopped, await Record.ExceptionAsync(() => running) is OperationCanceledException);
            scene.Sandbox.Faults.Remove(fault);
            if (wasStopped)
                await scene.SwitchAsync(options, Token);
            Assert.Equal((100, false), (scene.Percent, scene.HasMarker));
            Assert.DoesNotContain(scene.Records, static record => record.Contains("try.example.com", StringComparison.Ordinal));
        }

        // The test host and back, the times of before, four stages and their end.
        Assert.Equal(9, changes);
    }

    internal static string[] Form(string name) => name switch
    {
        "simple" => [TrafficScene.Cname(TrafficScene.Host, TrafficScene.BlueName)],
        "short" => [TrafficScene.Cname(TrafficScene.Host, TrafficScene.BlueName, 30)],
        "alias" => [TrafficScene.Alias(TrafficScene.Host, "A", TrafficScene.BlueName), TrafficScene.Alias(TrafficScene.Host, "AAAA", TrafficScene.BlueName)],
        "console" => [TrafficScene.Alias(TrafficScene.Host, "A", $"dualstack.{TrafficScene.BlueName}", health: false)],
        "weighted" => [TrafficScene.Cname(TrafficScene.Host, TrafficScene.BlueName, more: TrafficScene.Weight("a", 7))],
        "pair" => [TrafficScene.Cname(TrafficScene.Host, TrafficScene.BlueName, more: TrafficScene.Weight("a", 10)), TrafficScene.Cname(TrafficScene.Host, TrafficScene.GreenName, more: TrafficScene.Weight("b", 0))],
        "latency" =>
        [
            TrafficScene.Cname(TrafficScene.Host, TrafficScene.BlueName, more: "<SetIdentifier>e</SetIdentifier><Region>eu-central-1</Region>"),
            TrafficScene.Cname(TrafficScene.Host, TrafficScene.BlueName, more: "<SetIdentifier>u</SetIdentifier><Region>us-east-1</Region>"),
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static IReadOnlyList<string> Others(TrafficScene scene) => [.. scene.Records.Where(static record => !record.Contains($"<Name>{TrafficScene.Host}.</Name>", StringComparison.Ordinal) && !record.Contains("_konupgrade", StringComparison.Ordinal))];

    // What the zone has whenever green's load balancer is asked.
    private static ConcurrentQueue<(int Percent, string Now, bool HasTestHost)> Watch(TrafficScene scene)
    {
        var seen = new ConcurrentQueue<(int, string, bool)>();
        scene.Answer = _ =>
        {
            seen.Enqueue((scene.Percent, scene.Now, scene.Records.Any(static record => record.Contains("<Name>try.", StringComparison.Ordinal))));
            return Task.CompletedTask;
        };
        return seen;
    }

    private static async Task<IReadOnlyList<string>> Journaled(TrafficScene scene, TrafficSwitchOptions options)
    {
        using var dns = scene.Dns();
        return [.. (await scene.PrepareAsync(dns, options)).Before.Select(static state => state.ToJson())];
    }

    // Stops as a kill does: in the midst of a stage.
    private static async Task StopAsync(TrafficScene scene, TrafficSwitchOptions options, int at)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        scene.Answer = async _ =>
        {
            if (scene.Percent >= at)
                await stop.CancelAsync();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scene.SwitchAsync(options, stop.Token));
        scene.Answer = static _ => Task.CompletedTask;
    }
}
