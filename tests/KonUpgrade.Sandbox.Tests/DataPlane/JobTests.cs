using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

public sealed class JobTests : LivePlay
{
    private const string Jobs = "/apis/batch/v1/namespaces/default/jobs";
    private const string CronJobs = "/apis/batch/v1/namespaces/default/cronjobs";

    [Fact]
    public async Task A_job_runs_as_many_side_by_side_as_it_may_until_enough_have_succeeded()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Jobs, Job("work", "\"parallelism\":2,\"completions\":3"));
        await SettleAsync();
        Assert.Equal((2L, 0L), await CountsAsync("work"));
        await AdvanceAsync(5.5);
        Assert.Equal((1L, 2L), await CountsAsync("work"));
        await AdvanceAsync(5.5);
        JsonObject job = await GetAsync($"{Jobs}/work");
        Assert.Equal("True", Status(job, "Complete"));
        Assert.Equal(3, Number(job["status"]!["succeeded"]));
        Assert.NotNull(job["status"]!["completionTime"]);
        Assert.All(await ListAsync(Pods), pod => Assert.Null(pod["metadata"]!["finalizers"]));
    }

    [Fact]
    public async Task A_job_that_fails_too_often_is_failed()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Jobs, Job("work", "\"backoffLimit\":1", Fails));
        await AdvanceAsync(5);
        Assert.Null(Status(await GetAsync($"{Jobs}/work"), "Failed"));
        await AdvanceAsync(20);
        JsonObject job = await GetAsync($"{Jobs}/work");
        Assert.Equal("BackoffLimitExceeded", (string?)Condition(job, "Failed")!["reason"]);
        Assert.Equal(2, Number(job["status"]!["failed"]));
    }

    [Fact]
    public async Task An_evicted_pod_of_a_job_is_counted_as_failed_and_replaced()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Jobs, Job("work", "\"backoffLimit\":4"));
        await AdvanceAsync(1);
        (await EvictAsync(Name(Assert.Single(await ListAsync(Pods))))).Must(201);
        await AdvanceAsync(2);
        Assert.Equal(1, Number((await GetAsync($"{Jobs}/work"))["status"]!["failed"]));
        await AdvanceAsync(20);
        Assert.Equal("True", Status(await GetAsync($"{Jobs}/work"), "Complete"));
    }

    [Fact]
    public async Task A_suspended_job_has_no_pods_until_it_is_resumed()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Jobs, Job("work", "\"suspend\":true"));
        await SettleAsync();
        Assert.Empty(await ListAsync(Pods));
        Assert.Equal("True", Status(await GetAsync($"{Jobs}/work"), "Suspended"));
        (await Client.MergeAsync($"{Jobs}/work", """{"spec":{"suspend":false}}""")).Must(200);
        await AdvanceAsync(1);
        Assert.Single(await ListAsync(Pods));
        (await Client.MergeAsync($"{Jobs}/work", """{"spec":{"suspend":true}}""")).Must(200);
        await AdvanceAsync(2);
        Assert.Empty(await ListAsync(Pods));
    }

    [Fact]
    public async Task An_indexed_job_does_each_number_once_and_goes_when_its_time_is_over()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(Jobs, Job("work", "\"completionMode\":\"Indexed\",\"completions\":3,\"parallelism\":3,\"ttlSecondsAfterFinished\":60"));
        await AdvanceAsync(1);
        Assert.Equal(["0", "1", "2"], (await ListAsync(Pods)).Select(pod => (string?)pod["metadata"]!["annotations"]!["batch.kubernetes.io/job-completion-index"]).Order());
        await AdvanceAsync(5);
        Assert.Equal("0-2", (string?)(await GetAsync($"{Jobs}/work"))["status"]!["completedIndexes"]);
        await AdvanceAsync(62);
        DateTime deadline = DateTime.UtcNow.AddSeconds(10);
        while ((await Client.GetAsync($"{Jobs}/work")).Code != 404)
        {
            Assert.True(DateTime.UtcNow < deadline, "The collector takes a moment of real time, not more.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_cron_job_makes_jobs_on_the_clusters_clock_and_keeps_the_last_of_them()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(CronJobs, Cron("tick", "* * * * *"));
        await AdvanceAsync(330);
        IReadOnlyList<JsonObject> jobs = await ListAsync(Jobs);
        Assert.InRange(jobs.Count, 3, 4);
        Assert.All(jobs, job => Assert.Equal("tick", (string?)job["metadata"]!["ownerReferences"]![0]!["name"]));
        Assert.NotNull((await GetAsync($"{CronJobs}/tick"))["status"]!["lastScheduleTime"]);
        (await Client.MergeAsync($"{CronJobs}/tick", """{"spec":{"suspend":true}}""")).Must(200);
        await AdvanceAsync(10);
        string? last = (string?)(await GetAsync($"{CronJobs}/tick"))["status"]!["lastScheduleTime"];
        await AdvanceAsync(300);
        Assert.Equal(last, (string?)(await GetAsync($"{CronJobs}/tick"))["status"]!["lastScheduleTime"]);
    }

    [Fact]
    public async Task A_cron_job_that_forbids_it_runs_one_job_at_a_time()
    {
        await NodesAsync(Node("one"));
        await ApplyAsync(CronJobs, Cron("slow", "* * * * *", ""","concurrencyPolicy":"Forbid" """, """{"sandbox.konupgrade.dev/complete-after":"150s"}"""));
        await AdvanceAsync(125);
        Assert.Single(await ListAsync(Jobs));
        Assert.Single((await GetAsync($"{CronJobs}/slow"))["status"]!["active"]!.AsArray());
        await AdvanceAsync(120);
        Assert.Equal(2, (await ListAsync(Jobs)).Count);
    }

    private const string Fails = """{"sandbox.konupgrade.dev/fail-after":"1s"}""";

    private async Task<(long Active, long Succeeded)> CountsAsync(string name)
    {
        JsonNode status = (await GetAsync($"{Jobs}/{name}"))["status"]!;
        return (Number(status["active"]), Number(status["succeeded"]));
    }

    private static string Job(string name, string spec, string annotations = "{}")
        => $$$"""{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"{{{name}}}"},"spec":{ {{{spec}}},"template":{"metadata":{"annotations":{{{annotations}}} },"spec":{"restartPolicy":"Never","containers":[{"name":"main","image":"app:1"}]} } } }""";

    private static string Cron(string name, string schedule, string more = "", string annotations = "{}")
        => $$$"""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"{{{name}}}"},"spec":{"schedule":"{{{schedule}}}"{{{more}}},"jobTemplate":{"spec":{"template":{"metadata":{"annotations":{{{annotations}}} },"spec":{"restartPolicy":"Never","containers":[{"name":"main","image":"app:1"}]} } } } } }""";
}
