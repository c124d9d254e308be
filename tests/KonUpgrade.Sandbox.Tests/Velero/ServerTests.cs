using System.Net;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Velero;

namespace KonUpgrade.Sandbox.Tests.Velero;

/// <summary>The server itself: that it runs, and what goes wrong in it.</summary>
public sealed class ServerTests : VeleroPlay
{
    protected override VeleroInstallation GreenVelero => new() { Version = "v1.18.0" };

    [Fact]
    public async Task A_status_request_tells_the_version_and_is_forgotten_after_a_minute()
    {
        (await Green.PostAsync(StatusRequests, """{"apiVersion":"velero.io/v1","kind":"ServerStatusRequest","metadata":{"name":"probe"},"spec":{} }""")).Must(201);
        await SettleAsync();
        JsonObject request = await GetAsync(Green, $"{StatusRequests}/probe");
        Assert.Equal(("Processed", "v1.18.0"), (Phase(request), (string?)request["status"]!["serverVersion"]));
        await AdvanceAsync(61);
        (await Green.GetAsync($"{StatusRequests}/probe")).Must(404);
        JsonObject account = await GetAsync(Green, "/api/v1/namespaces/velero/serviceaccounts/velero");
        Assert.EndsWith("role/green-velero", (string?)account["metadata"]!["annotations"]!["eks.amazonaws.com/role-arn"], StringComparison.Ordinal);
        Assert.Equal(1, Number((await GetAsync(Green, "/apis/apps/v1/namespaces/velero/deployments/velero"))["status"]!["availableReplicas"]));
        Assert.Contains("green-velero", Host.Iam!.Roles.Select(role => role.Name));
    }

    [Fact]
    public async Task A_server_that_is_scaled_to_nothing_does_nothing_until_it_is_back()
    {
        SeedShop();
        (await Blue.MergeAsync("/apis/apps/v1/namespaces/velero/deployments/velero", """{"spec":{"replicas":0} }""")).Must(200);
        await SettleAsync();
        await BackUpAsync("one");
        await AdvanceAsync(30);
        Assert.Equal(string.Empty, await PhaseAsync(Blue, $"{Backups}/one"));
        (await Blue.MergeAsync("/apis/apps/v1/namespaces/velero/deployments/velero", """{"spec":{"replicas":1} }""")).Must(200);
        await SettleAsync();
        await AdvanceAsync(5);
        Assert.Equal("Completed", await PhaseAsync(Blue, $"{Backups}/one"));
    }

    [Fact]
    public async Task What_a_server_was_at_when_it_ended_has_failed_and_what_was_almost_done_is_done()
    {
        SeedShop();
        await BackUpAsync("first");
        await AdvanceAsync(2);
        Assert.Equal("Finalizing", await PhaseAsync(Blue, $"{Backups}/first"));
        Servers.Restart("blue");
        Assert.Equal("Completed", await PhaseAsync(Blue, $"{Backups}/first"));
        await BackUpAsync("second");
        await AdvanceAsync(1);
        Servers.Restart("blue");
        Assert.Equal("Failed", await PhaseAsync(Blue, $"{Backups}/second"));
        Assert.Contains("during the server starting", (string?)(await GetAsync(Blue, $"{Backups}/second"))["status"]!["failureReason"], StringComparison.Ordinal);
        await AdvanceAsync(90);
        Assert.Equal("Completed", await PhaseAsync(Green, $"{Backups}/first"));
    }

    [Fact]
    public async Task Backups_wait_for_each_other_and_newer_servers_say_so()
    {
        SeedShop();
        await BackUpAsync("a");
        await SettleAsync();
        await BackUpAsync("b");
        Assert.Equal(string.Empty, await PhaseAsync(Blue, $"{Backups}/b"));
        await AdvanceAsync(3);
        Assert.Equal("Completed", await PhaseAsync(Blue, $"{Backups}/a"));
        Assert.Equal("InProgress", await PhaseAsync(Blue, $"{Backups}/b"));
        await BackUpAsync("c", "\"includedNamespaces\":[\"default\"]", Green);
        await SettleAsync();
        await BackUpAsync("d", "\"includedNamespaces\":[\"default\"]", Green);
        Assert.Equal("Queued", await PhaseAsync(Green, $"{Backups}/d"));
        Assert.Equal(1, Number((await GetAsync(Green, $"{Backups}/d"))["status"]!["queuePosition"]));
        await AdvanceAsync(10);
        JsonObject last = await GetAsync(Green, $"{Backups}/d");
        Assert.Equal("Completed", Phase(last));
        Assert.Null(last["status"]!["queuePosition"]);
    }

    [Fact]
    public async Task Named_items_fail_in_a_backup_and_in_a_restore()
    {
        SeedShop();
        Servers.AddTrouble(new VeleroTrouble("PartiallyFailed") { Name = "bad*", Items = ["deployments.apps/shop/*"], Message = "etcd said no" });
        JsonObject backup = await BackedUpAsync("bad-one");
        Assert.Equal(("PartiallyFailed", 1), (Phase(backup), Number(backup["status"]!["errors"])));
        Assert.Equal("error backing up deployments.apps/shop/web: etcd said no", (string?)(await ResultsAsync(Blue, "BackupResults", "bad-one"))["errors"]!["namespaces"]!["shop"]![0]);
        Assert.Null((await ResultsAsync(Blue, "BackupResourceList", "bad-one"))["apps/v1/Deployment"]);
        Assert.Equal("Completed", Phase(await BackedUpAsync("good")));

        Servers.AddTrouble(new VeleroTrouble("PartiallyFailed") { Restore = true, Items = ["configmaps/shop/settings"], Count = 1 });
        JsonObject restore = await RestoredAsync("back", "good");
        Assert.Equal(("PartiallyFailed", 1), (Phase(restore), Number(restore["status"]!["errors"])));
        (await Green.GetAsync("/api/v1/namespaces/shop/configmaps/settings")).Must(404);
        (await Green.GetAsync("/apis/apps/v1/namespaces/shop/deployments/web")).Must(200);
        Assert.Equal("Completed", Phase(await RestoredAsync("again", "good")));
        (await Green.GetAsync("/api/v1/namespaces/shop/configmaps/settings")).Must(200);
    }

    [Fact]
    public async Task A_whole_backup_fails_and_its_restore_too()
    {
        SeedShop();
        Servers.AddTrouble(new VeleroTrouble("Failed") { Message = "the disk is full", Count = 1 });
        JsonObject failed = await BackedUpAsync("one");
        Assert.Equal(("Failed", "the disk is full"), (Phase(failed), (string?)failed["status"]!["failureReason"]));
        JsonObject restore = await RestoredAsync("back", "one");
        Assert.Equal("Failed", Phase(restore));
        Assert.Contains("error downloading backup", (string?)restore["status"]!["failureReason"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("InProgress", "InProgress")]
    [InlineData("WaitingForPluginOperations", "WaitingForPluginOperations")]
    [InlineData("Finalizing", "Finalizing")]
    public async Task A_backup_lingers_where_it_is_told_to_and_green_does_not_see_it_yet(string outcome, string phase)
    {
        SeedShop();
        string trouble = Servers.AddTrouble(new VeleroTrouble(outcome));
        await BackUpAsync("one");
        await AdvanceAsync(300);
        Assert.Equal(phase, await PhaseAsync(Blue, $"{Backups}/one"));
        (await Green.GetAsync($"{Backups}/one")).Must(404);
        Servers.RemoveTrouble(trouble);
        await AdvanceAsync(90);
        Assert.Equal("Completed", await PhaseAsync(Green, $"{Backups}/one"));
    }

    [Fact]
    public async Task A_url_ends_with_its_time_and_is_for_one_file()
    {
        SeedShop();
        await BackedUpAsync("one");
        (await Blue.PostAsync(Downloads, """{"apiVersion":"velero.io/v1","kind":"DownloadRequest","metadata":{"name":"log"},"spec":{"target":{"kind":"BackupLog","name":"one"} } }""")).Must(201);
        await SettleAsync();
        var url = new Uri((string)(await GetAsync(Blue, $"{Downloads}/log"))["status"]!["downloadURL"]!);
        using var http = new HttpClient();
        async Task<HttpStatusCode> AskAsync(Uri uri) => (await http.GetAsync(uri, TestContext.Current.CancellationToken)).StatusCode;
        Assert.Equal(HttpStatusCode.OK, await AskAsync(url));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(new Uri(url.AbsoluteUri.Replace("one-logs.gz", "one-results.gz", StringComparison.Ordinal))));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(new Uri(url.GetLeftPart(UriPartial.Path))));
        await AdvanceAsync(601);
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(url));
        (await Blue.GetAsync($"{Downloads}/log")).Must(404);
        // For what is not there, no answer comes until it is.
        (await Green.PostAsync(Downloads, """{"apiVersion":"velero.io/v1","kind":"DownloadRequest","metadata":{"name":"none"},"spec":{"target":{"kind":"RestoreResults","name":"none"} } }""")).Must(201);
        Assert.Equal(string.Empty, await PhaseAsync(Green, $"{Downloads}/none"));
        await BackedUpAsync("two");
        await RestoredAsync("none", "two");
        Assert.Equal("Processed", await PhaseAsync(Green, $"{Downloads}/none"));
        Servers.Settings = Servers.Settings with { DownloadAddress = new Uri("http://minio.velero.svc:9000") };
        (await Blue.PostAsync(Downloads, """{"apiVersion":"velero.io/v1","kind":"DownloadRequest","metadata":{"name":"inside"},"spec":{"target":{"kind":"BackupLog","name":"one"} } }""")).Must(201);
        await SettleAsync();
        Assert.StartsWith("http://minio.velero.svc:9000/velero/backups/one/one-logs.gz?", (string?)(await GetAsync(Blue, $"{Downloads}/inside"))["status"]!["downloadURL"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_control_endpoint_installs_moves_the_clock_and_makes_trouble()
    {
        using var control = new ApiClient(Host, Host.ControlUri, Host.ControlToken);
        JsonObject told = (await control.GetAsync("/sandbox/velero")).Must(200).Json;
        Assert.Equal(["blue", "green"], told["clusters"]!.AsArray().Select(cluster => (string?)cluster!["name"]));
        (await control.SendAsync(HttpMethod.Put, "/sandbox/velero/clusters/blue", "{}")).Must(400);
        (await control.PostAsync("/sandbox/velero/troubles", """{"outcome":"Gone"}""")).Must(400);
        string id = (string)(await control.PostAsync("/sandbox/velero/troubles", """{"outcome":"NotSynced","cluster":"green","delay":"5m"}""")).Must(201).Json["id"]!;
        JsonNode listed = Assert.Single((await control.GetAsync("/sandbox/velero/troubles")).Must(200).Json["troubles"]!.AsArray())!;
        Assert.Equal((id, "NotSynced", "300s"), ((string?)listed["id"], (string?)listed["outcome"], (string?)listed["delay"]));
        SeedShop();
        await BackUpAsync("one");
        (await control.PostAsync("/sandbox/velero/advance?by=2m", "")).Must(200);
        Assert.Equal("Completed", await PhaseAsync(Blue, $"{Backups}/one"));
        (await Green.GetAsync($"{Backups}/one")).Must(404);
        (await control.DeleteAsync($"/sandbox/velero/troubles/{id}")).Must(200);
        (await control.PostAsync("/sandbox/velero/advance?by=1m", "")).Must(200);
        (await Green.GetAsync($"{Backups}/one")).Must(200);
        Assert.Contains("backups/one/one.tar.gz", (await control.GetAsync("/sandbox/velero/buckets/velero")).Must(200).Json["files"]!.AsArray().Select(file => (string?)file));
        (await control.PostAsync("/sandbox/velero/clusters/green/restart", "")).Must(200);
        (await control.PostAsync("/sandbox/velero/clusters/red/restart", "")).Must(400);
        Assert.Equal(60, (double)(await control.SendAsync(HttpMethod.Put, "/sandbox/velero/speed?is=60", null)).Must(200).Json["speed"]!);
    }
}
