using System.IO.Compression;
using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Engine.Tests.Velero;

/// <summary>A wait ends when what is waited for has ended, however it did, and says what went wrong.</summary>
public sealed class VeleroWaiterTests
{
    private static readonly VeleroWaitOptions s_long = new() { Timeout = TimeSpan.FromSeconds(60) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_follows_each_phase_and_tells_the_items()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var backup = await velero.TakeAsync();
        var waiting = WaitAsync(velero, backup);
        foreach (var phase in new[] { "Queued", "ReadyToStart", "InProgress", "WaitingForPluginOperations", "SomethingNew", "Finalizing" })
        {
            await PlayedVelero.StatusAsync(velero.Blue, VeleroResources.Backups, "before", $$""" "phase":"{{phase}}","progress":{"totalItems":10,"itemsBackedUp":4} """);
            await Eventually.TrueAsync(() => velero.Told.Reports.Any(report => report.Status == $"{phase}, 4 of 10 items" && report is { Done: 4, Total: 10 }), phase, Token);
        }

        await PlayedVelero.StatusAsync(velero.Blue, VeleroResources.Backups, "before", """ "phase":"Completed","progress":{"totalItems":10,"itemsBackedUp":10} """);
        var ended = Assert.Single(await waiting);
        Assert.True(ended.Complete);
        Assert.Equal((false, "shared", 100.0, null), (ended.IsExisting, ended.Bucket, ended.PercentDone, ended.Failure));
        Assert.All(velero.Told.Reports.GroupBy(report => report.Activity), activity => Assert.True(activity.Last().Completed));
    }

    [Fact]
    public async Task Several_come_out_as_they_end_and_a_finished_one_at_once()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var (slow, quick) = (await velero.TakeAsync(PlayedVelero.Request("slow")), await velero.TakeAsync(PlayedVelero.Request("quick")));
        var done = slow with { Name = "done", Phase = "Completed" };
        var names = new List<string>();
        await foreach (var ended in new VeleroWaiter(velero.Blue, velero.Told).WaitAsync([slow, quick, done], s_long, Token))
        {
            names.Add(ended.Name);
            if (names.Count < 3)
                await PlayedVelero.StatusAsync(velero.Blue, VeleroResources.Backups, names.Count == 1 ? "quick" : "slow", """ "phase":"Completed" """);
        }

        Assert.Equal(["done", "quick", "slow"], names);
    }

    [Fact]
    public async Task When_the_time_is_over_it_says_so_and_the_wait_can_go_on()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var backup = await velero.TakeAsync();
        var left = Assert.Single(await WaitAsync(velero, backup, new VeleroWaitOptions { Timeout = TimeSpan.FromMilliseconds(50) }));
        Assert.Equal(("VeleroWaitTimeout", FailureKind.Timeout), (left.Failure!.Id, left.Failure.Kind));
        Assert.Contains("has not begun with it", left.Failure.Recommendation, StringComparison.Ordinal);
        await PlayedVelero.StatusAsync(velero.Blue, VeleroResources.Backups, "before", """ "phase":"Completed" """);
        Assert.True(Assert.Single(await WaitAsync(velero, left)).Complete);
    }

    [Fact]
    public async Task One_that_is_gone_or_made_anew_is_told()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var backup = await velero.TakeAsync();
        Assert.Equal("VeleroBackupReplaced", Assert.Single(await WaitAsync(velero, backup with { Uid = "another" })).Failure!.Id);
        var waiting = WaitAsync(velero, backup);
        await Eventually.TrueAsync(() => velero.Told.Reports.Any(report => report.Status == "New"), "it is looked at", Token);
        await velero.Blue.Client.DeleteAsync(VeleroResources.Backups, "velero", "before", new DeleteOptions(), Token);
        Assert.Equal("VeleroBackupNotFound", Assert.Single(await waiting).Failure!.Id);
    }

    [Fact]
    public async Task Where_nobody_may_watch_and_while_the_server_is_away_it_is_looked_at_from_time_to_time()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var backup = await velero.TakeAsync();
        // A client that gives up soon, so that it is the wait that is patient.
        var hasty = new ConnectionOptions { Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(5), MaxAttempts = 2 } };
        await using var cluster = await SandboxFixture.ConnectAsync(velero.Host, "blue", hasty);
        velero.Fault(new SandboxFault { Kind = FaultKind.Refuse, Cluster = "blue", Verb = "watch", Resource = "backups", StatusCode = 403, Reason = "Forbidden", Count = null });
        velero.Fault(new SandboxFault { Kind = FaultKind.ServerError, Cluster = "blue", Verb = "get", Resource = "backups", StatusCode = 503, Reason = "ServiceUnavailable", Count = 5 });
        var waiting = new VeleroWaiter(cluster, velero.Told, new FastTime(200)).WaitAsync([backup], new VeleroWaitOptions { Timeout = TimeSpan.FromHours(10) }, Token).ToListAsync(Token).AsTask();
        await Eventually.TrueAsync(() => velero.Told.Text.Contains("is asked for again", StringComparison.Ordinal), "it could not be looked at", Token);
        await PlayedVelero.StatusAsync(velero.Blue, VeleroResources.Backups, "before", """ "phase":"Completed" """);
        Assert.True(Assert.Single(await waiting).Complete);
        Assert.Contains("looked at from time to time", velero.Told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_and_errors_are_listed_by_their_objects_and_the_request_for_them_is_taken_away()
    {
        const string Results = """{"errors":{"namespaces":{"shop":["error restoring deployments.apps/shop/web: denied"]}},"warnings":{"namespaces":{"shop":["could not restore, ConfigMap:a already exists"]}}}""";
        await using var velero = await PlayedVelero.StartAsync();
        await using var store = await FakeServer.StartAsync(context => GzipAsync(context, Results));
        var restore = await WithErrorsAsync(velero, new Uri(store.Uri, "/results?X-Amz-Signature=secret"));
        Assert.Equal(("VeleroRestorePartiallyFailed", 2, null), (restore.Failure!.Id, restore.Issues.Count, restore.IssuesMissing));
        Assert.Equal(("deployments.apps", "shop", "web", true), (restore.Issues[0].Resource, restore.Issues[0].Namespace, restore.Issues[0].Name, restore.Issues[0].IsError));
        Assert.True(restore.Issues[1].AlreadyExists);
        Assert.Contains("First: error restoring deployments.apps/shop/web: denied.", restore.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(await PlayedVelero.NamesAsync(velero.Green, VeleroResources.DownloadRequests));
        Assert.DoesNotContain("secret", velero.Told.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://velero-store.velero.svc.cluster.local.invalid/x", "known within the cluster alone")]
    [InlineData("http://127.0.0.1:1/x", "can't be reached from here")]
    [InlineData("ftp://127.0.0.1/x", "Velero gave no URL")]
    [InlineData("denied", "answers 403")]
    [InlineData("large", "more than 64 MiB")]
    [InlineData("torn", "no JSON")]
    public async Task What_can_not_be_had_of_them_is_said_and_the_counts_stand(string url, string words)
    {
        await using var velero = await PlayedVelero.StartAsync();
        await using var store = await FakeServer.StartAsync(context => url switch
        {
            "denied" => FakeServer.JsonAsync(context, "{}", 403),
            "large" => GzipAsync(context, new string(' ', 70 << 20)),
            _ => GzipAsync(context, """{"errors":{"""),
        });
        var restore = await WithErrorsAsync(velero, url.Contains(':', StringComparison.Ordinal) ? new Uri(url) : new Uri(store.Uri, "/results"));
        Assert.Equal(("PartiallyFailed", 1, 1, 0), (restore.Phase, restore.Errors, restore.Warnings, restore.Issues.Count));
        Assert.Contains(words, restore.IssuesMissing, StringComparison.Ordinal);
        Assert.Contains(words, Assert.Single(velero.Told.Of("warning")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_ask_for_them_is_told_so_and_the_counts_stand()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var backup = await velero.TakeAsync();
        velero.Fault(new SandboxFault { Kind = FaultKind.Refuse, Cluster = "blue", Verb = "create", Resource = "downloadrequests", Reason = "Forbidden", Count = null });
        await PlayedVelero.StatusAsync(velero.Blue, VeleroResources.Backups, "before", """ "phase":"Completed","warnings":3 """);
        var ended = Assert.Single(await WaitAsync(velero, backup));
        Assert.Equal((true, 3, 0, null), (ended.Complete, ended.Warnings, ended.Issues.Count, ended.Failure));
        Assert.StartsWith("Its warnings can't be listed: create velero.io/v1 DownloadRequest", ended.IssuesMissing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_at_once_and_what_runs_goes_on()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var backup = await velero.TakeAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = new VeleroWaiter(velero.Blue, velero.Told).WaitAsync([backup], s_long, stop.Token).ToListAsync(Token).AsTask();
        await Eventually.TrueAsync(() => velero.Told.Reports.Any(report => report.Status == "New"), "it waits", Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(10), Token));
        Assert.Equal(["before"], await PlayedVelero.NamesAsync(velero.Blue, VeleroResources.Backups));
    }

    [Fact]
    public async Task Backups_are_given_by_their_names_and_where_they_are_kept()
    {
        await using var velero = await PlayedVelero.StartAsync();
        await velero.SyncAsync("green", "one");
        await velero.SyncAsync("green", "two", """ "phase":"Failed","failureReason":"x" """);
        var reader = new VeleroReader(velero.Green, velero.Told);
        var all = await reader.BackupsAsync(new VeleroFilter(), Token).ToListAsync(Token);
        Assert.Equal([("one", "shared", null), ("two", "shared", "VeleroBackupFailed")], all.Select(backup => (backup.Name, backup.Bucket, backup.Failure?.Id)));
        Assert.Equal("two", (await reader.BackupsAsync(new VeleroFilter { Name = name => name.StartsWith("tw", StringComparison.Ordinal) }, Token).SingleAsync(Token)).Name);
        Assert.Empty(await reader.RestoresAsync(new VeleroFilter(), Token).ToListAsync(Token));
        Assert.Equal([("default", "shared/prod, Available")], await reader.LocationNamesAsync("velero", Token));
    }

    private static Task<List<VeleroBackup>> WaitAsync(PlayedVelero velero, VeleroBackup backup, VeleroWaitOptions? options = null) =>
        new VeleroWaiter(velero.Blue, velero.Told).WaitAsync([backup], options ?? s_long, Token).ToListAsync(Token).AsTask();

    // A restore that ended with an error and a warning, whose list lies behind an address.
    private static async Task<VeleroRestore> WithErrorsAsync(PlayedVelero velero, Uri address)
    {
        await velero.LocationAsync("green", "default", spec: ""","accessMode":"ReadOnly" """);
        await velero.SyncAsync("green", "before");
        var restore = await velero.RestoreAsync(new VeleroBackup { Name = "before", Phase = "" });
        await PlayedVelero.StatusAsync(velero.Green, VeleroResources.Restores, restore.Name, """ "phase":"PartiallyFailed","errors":1,"warnings":1 """);
        var waiting = new VeleroWaiter(velero.Green, velero.Told).WaitAsync([restore], s_long, Token).SingleAsync(Token).AsTask();
        await foreach (var asked in velero.Green.Client.WatchAsync(VeleroResources.DownloadRequests, new(), Token))
        {
            using (asked.Object)
            {
                if (asked.Object is not { } request)
                    continue;
                Assert.Equal(("RestoreResults", restore.Name), (request.Root.Member("spec").Member("target").Text("kind"), request.Root.Member("spec").Member("target").Text("name")));
                await PlayedVelero.StatusAsync(velero.Green, VeleroResources.DownloadRequests, asked.Name, $$""" "phase":"Processed","downloadURL":{{JsonSerializer.Serialize(address.OriginalString)}} """);
                break;
            }
        }

        return await waiting;
    }

    private static async Task GzipAsync(HttpContext context, string text)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(text), Token);
        context.Response.ContentType = "application/gzip";
        await context.Response.Body.WriteAsync(packed.ToArray(), Token);
    }
}
