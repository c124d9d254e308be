using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Velero;

/// <summary>The way of a backup from blue over the bucket to green.</summary>
public sealed class BackupToRestoreTests : VeleroPlay
{
    [Fact]
    public async Task What_is_backed_up_on_blue_appears_on_green_and_is_restored_there()
    {
        SeedShop();
        await BackUpAsync("one");
        JsonObject backup = await GetAsync(Blue, $"{Backups}/one");
        Assert.Equal("InProgress", await PhaseAsync(Blue, $"{Backups}/one"));
        await AdvanceAsync(5);
        backup = await GetAsync(Blue, $"{Backups}/one");
        Assert.Equal("Completed", Phase(backup));
        Assert.Equal(Number(backup["status"]!["progress"]!["totalItems"]), Number(backup["status"]!["progress"]!["itemsBackedUp"]));
        Assert.Null(backup["status"]!["errors"]);
        Assert.Equal(("32", "default"), ((string?)backup["metadata"]!["annotations"]!["velero.io/source-cluster-k8s-minor-version"], (string?)backup["spec"]!["storageLocation"]));
        (await Green.GetAsync($"{Backups}/one")).Must(404);
        await AdvanceAsync(60);
        JsonObject there = await GetAsync(Green, $"{Backups}/one");
        Assert.Equal("Completed", Phase(there));
        Assert.Equal("default", (string?)there["metadata"]!["labels"]!["velero.io/storage-location"]);
        Assert.NotEqual((string?)backup["metadata"]!["uid"], (string?)there["metadata"]!["uid"]);

        JsonObject restore = await RestoredAsync("back", "one");
        Assert.Equal("Completed", Phase(restore));
        JsonObject made = await GetAsync(Green, "/api/v1/namespaces/shop/configmaps/settings");
        Assert.Equal("blue", (string?)made["data"]!["color"]);
        Assert.Equal(("one", "back", "web"), ((string?)made["metadata"]!["labels"]!["velero.io/backup-name"], (string?)made["metadata"]!["labels"]!["velero.io/restore-name"], (string?)made["metadata"]!["labels"]!["app"]));
        JsonObject deployment = await GetAsync(Green, "/apis/apps/v1/namespaces/shop/deployments/web");
        Assert.Equal("example.com/kept", (string?)deployment["metadata"]!["finalizers"]![0]);
        Assert.Null(deployment["status"]?["replicas"]);
        Assert.Equal("a", (string?)(await GetAsync(Green, "/api/v1/namespaces/shop"))["metadata"]!["labels"]!["team"]);
        JsonObject service = await GetAsync(Green, "/api/v1/namespaces/shop/services/web");
        Assert.NotEqual(30080, Number(service["spec"]!["ports"]![0]!["nodePort"]));
        Assert.Contains("nodes", restore["spec"]!["excludedResources"]!.AsArray().Select(name => (string?)name));
    }

    [Fact]
    public async Task A_restore_made_before_the_backup_has_come_fails_for_good()
    {
        SeedShop();
        await BackUpAsync("one");
        await AdvanceAsync(5);
        await RestoreAsync("early", "one");
        Assert.Equal("FailedValidation", await PhaseAsync(Green, $"{Restores}/early"));
        Assert.Contains("one was not found", Errors(await GetAsync(Green, $"{Restores}/early")), StringComparison.Ordinal);
        await AdvanceAsync(120);
        Assert.Equal("Completed", await PhaseAsync(Green, $"{Backups}/one"));
        Assert.Equal("FailedValidation", await PhaseAsync(Green, $"{Restores}/early"));
        (await Green.GetAsync("/api/v1/namespaces/shop")).Must(404);
    }

    [Fact]
    public async Task The_phases_of_a_backup_follow_the_clock()
    {
        SeedShop();
        await BackUpAsync("one");
        Assert.Equal("InProgress", await PhaseAsync(Blue, $"{Backups}/one"));
        await AdvanceAsync(1);
        JsonObject halfway = await GetAsync(Blue, $"{Backups}/one");
        long done = Number(halfway["status"]!["progress"]!["itemsBackedUp"]), all = Number(halfway["status"]!["progress"]!["totalItems"]);
        Assert.True(done > 0 && done < all, $"{done} of {all}");
        await AdvanceAsync(1);
        Assert.Equal("Finalizing", await PhaseAsync(Blue, $"{Backups}/one"));
        await AdvanceAsync(1);
        JsonObject completed = await GetAsync(Blue, $"{Backups}/one");
        Assert.Equal("Completed", Phase(completed));
        TimeSpan took = DateTimeOffset.Parse((string)completed["status"]!["completionTimestamp"]!, null) - DateTimeOffset.Parse((string)completed["status"]!["startTimestamp"]!, null);
        Assert.Equal(3, took.TotalSeconds, 1.0);
        Assert.Equal(720, (DateTimeOffset.Parse((string)completed["status"]!["expiration"]!, null) - DateTimeOffset.Parse((string)completed["status"]!["startTimestamp"]!, null)).TotalHours, 0.01);
    }

    [Fact]
    public async Task Results_log_and_contents_are_downloaded_as_gzip_from_a_url()
    {
        SeedShop();
        await BackedUpAsync("one");
        await RestoredAsync("back", "one");
        await RestoredAsync("again", "one");
        JsonObject results = await ResultsAsync(Green, "RestoreResults", "again");
        Assert.Contains(results["warnings"]!["namespaces"]!["shop"]!.AsArray(), warning => ((string?)warning)!.Contains("kube-root-ca.crt already exists", StringComparison.Ordinal));
        Assert.Null(results["errors"]);
        JsonObject restore = await GetAsync(Green, $"{Restores}/again");
        Assert.Equal("Completed", Phase(restore));
        Assert.Equal(results["warnings"]!["namespaces"]!["shop"]!.AsArray().Count, Number(restore["status"]!["warnings"]));
        JsonObject list = await ResultsAsync(Blue, "BackupResourceList", "one");
        Assert.Contains("shop/web", list["apps/v1/Deployment"]!.AsArray().Select(name => (string?)name));
        Assert.Contains("shop", list["v1/Namespace"]!.AsArray().Select(name => (string?)name));
        Assert.Contains("level=info", System.Text.Encoding.UTF8.GetString(await DownloadAsync(Blue, "BackupLog", "one")), StringComparison.Ordinal);
        Assert.Contains("backups/one/velero-backup.json", Servers.Files("velero"));
        Assert.Contains("restores/back/restore-back-results.gz", Servers.Files("velero"));
    }
}
