using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Velero;

namespace KonUpgrade.Sandbox.Tests.Velero;

public sealed class LocationTests : VeleroPlay
{
    protected override VeleroInstallation GreenVelero => new() { AccessMode = "ReadOnly" };

    [Fact]
    public async Task A_location_is_validated_and_synced_again_and_again()
    {
        JsonObject before = await GetAsync(Blue, $"{Locations}/default");
        Assert.Equal("Available", Phase(before));
        await AdvanceAsync(61);
        JsonObject after = await GetAsync(Blue, $"{Locations}/default");
        foreach (string field in (string[])["lastValidationTime", "lastSyncedTime"])
        {
            TimeSpan between = DateTimeOffset.Parse((string)after["status"]![field]!, null) - DateTimeOffset.Parse((string)before["status"]![field]!, null);
            Assert.Equal(60, between.TotalSeconds, 1.0);
        }
    }

    [Fact]
    public async Task Into_a_location_that_is_read_only_nothing_is_backed_up_and_from_it_all_is_restored()
    {
        SeedShop();
        await BackUpAsync("there", client: Green);
        Assert.Equal("FailedValidation", await PhaseAsync(Green, $"{Backups}/there"));
        Assert.Contains("default is currently in read-only mode", Errors(await GetAsync(Green, $"{Backups}/there")), StringComparison.Ordinal);
        await BackedUpAsync("one");
        Assert.Equal("Completed", Phase(await RestoredAsync("back", "one")));
        (await Green.PostAsync(Deletions, """{"apiVersion":"velero.io/v1","kind":"DeleteBackupRequest","metadata":{"name":"away"},"spec":{"backupName":"one"} }""")).Must(201);
        await AdvanceAsync(5);
        JsonObject request = await GetAsync(Green, $"{Deletions}/away");
        Assert.Equal("Processed", Phase(request));
        Assert.Contains("read-only mode", (string?)request["status"]!["errors"]![0], StringComparison.Ordinal);
        Assert.Equal("Completed", await PhaseAsync(Green, $"{Backups}/one"));
    }

    [Fact]
    public async Task A_location_goes_unavailable_on_demand_and_comes_back()
    {
        SeedShop();
        await BackedUpAsync("one");
        string trouble = Servers.AddTrouble(new VeleroTrouble("Unavailable") { Cluster = "green", Message = "AccessDenied" });
        await SettleAsync();
        JsonObject location = await GetAsync(Green, $"{Locations}/default");
        Assert.Equal(("Unavailable", "AccessDenied"), (Phase(location), (string?)location["status"]!["message"]));
        Assert.Equal("Available", await PhaseAsync(Blue, $"{Locations}/default"));
        await RestoreAsync("back", "one");
        Assert.Equal("FailedValidation", await PhaseAsync(Green, $"{Restores}/back"));
        Assert.Contains("unavailable", Errors(await GetAsync(Green, $"{Restores}/back")), StringComparison.Ordinal);
        Assert.True(Servers.RemoveTrouble(trouble));
        Assert.Equal("Available", await PhaseAsync(Green, $"{Locations}/default"));
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_makes_a_location_unavailable_until_it_is_named_rightly()
    {
        (await Blue.PostAsync(Locations, """{"apiVersion":"velero.io/v1","kind":"BackupStorageLocation","metadata":{"name":"other"},"spec":{"provider":"aws","objectStorage":{"bucket":"nobody"} } }""")).Must(201);
        Assert.Equal("Unavailable", await PhaseAsync(Blue, $"{Locations}/other"));
        await BackUpAsync("one", "\"storageLocation\":\"other\"");
        Assert.Equal("FailedValidation", await PhaseAsync(Blue, $"{Backups}/one"));
        (await Blue.MergeAsync($"{Locations}/other", """{"spec":{"objectStorage":{"bucket":"velero","prefix":"other"} } }""")).Must(200);
        Assert.Equal("Available", await PhaseAsync(Blue, $"{Locations}/other"));
        SeedShop();
        await BackUpAsync("two", "\"storageLocation\":\"other\",\"includedNamespaces\":[\"shop\"]");
        await AdvanceAsync(90);
        Assert.Contains("other/backups/two/velero-backup.json", Servers.Files("velero"));
        // Another prefix is another place.
        (await Green.GetAsync($"{Backups}/two")).Must(404);
    }

    [Fact]
    public async Task A_sync_that_is_turned_off_or_delayed_brings_nothing()
    {
        SeedShop();
        (await Green.MergeAsync($"{Locations}/default", """{"spec":{"backupSyncPeriod":"0s"} }""")).Must(200);
        await SettleAsync();
        await BackUpAsync("one");
        await AdvanceAsync(300);
        (await Green.GetAsync($"{Backups}/one")).Must(404);
        Servers.AddTrouble(new VeleroTrouble("NotSynced") { Cluster = "green", Name = "on*", Delay = TimeSpan.FromMinutes(8) });
        (await Green.MergeAsync($"{Locations}/default", """{"spec":{"backupSyncPeriod":"30s"} }""")).Must(200);
        await AdvanceAsync(120);
        (await Green.GetAsync($"{Backups}/one")).Must(404);
        await AdvanceAsync(120);
        Assert.Equal("Completed", await PhaseAsync(Green, $"{Backups}/one"));
    }

    [Fact]
    public async Task A_backup_whose_data_is_gone_goes_with_the_next_sync_and_one_whose_object_is_gone_comes_back()
    {
        SeedShop();
        await BackedUpAsync("one");
        (await Blue.DeleteAsync($"{Backups}/one")).Must(200);
        await AdvanceAsync(60);
        Assert.Equal("Completed", await PhaseAsync(Blue, $"{Backups}/one"));
        await RestoredAsync("back", "one");
        (await Blue.PostAsync(Deletions, """{"apiVersion":"velero.io/v1","kind":"DeleteBackupRequest","metadata":{"name":"away"},"spec":{"backupName":"one"} }""")).Must(201);
        Assert.Equal("Deleting", await PhaseAsync(Blue, $"{Backups}/one"));
        await AdvanceAsync(5);
        (await Blue.GetAsync($"{Backups}/one")).Must(404);
        (await Blue.GetAsync($"{Deletions}/away")).Must(404);
        Assert.DoesNotContain(Servers.Files("velero"), file => file.StartsWith("backups/one/", StringComparison.Ordinal));
        Assert.Equal("Completed", await PhaseAsync(Green, $"{Backups}/one"));
        await AdvanceAsync(60);
        (await Green.GetAsync($"{Backups}/one")).Must(404);
    }

    [Fact]
    public async Task A_backup_whose_time_is_over_is_collected_where_that_is_allowed_and_marked_where_not()
    {
        SeedShop();
        await BackedUpAsync("one", "\"includedNamespaces\":[\"shop\"],\"ttl\":\"10m\"");
        (await Green.MergeAsync($"{Locations}/default", """{"spec":{"backupSyncPeriod":"0s"} }""")).Must(200);
        await AdvanceAsync(3700);
        (await Blue.GetAsync($"{Backups}/one")).Must(404);
        Assert.DoesNotContain(Servers.Files("velero"), file => file.StartsWith("backups/one/", StringComparison.Ordinal));
        Assert.Equal("BSLReadOnly", (string?)(await GetAsync(Green, $"{Backups}/one"))["metadata"]!["labels"]!["velero.io/gc-failure"]);
    }

    [Fact]
    public async Task A_month_passes_in_a_moment_and_takes_what_has_expired()
    {
        SeedShop();
        await BackedUpAsync("one");
        await AdvanceAsync(TimeSpan.FromHours(722).TotalSeconds);
        (await Blue.GetAsync($"{Backups}/one")).Must(404);
        (await Green.GetAsync($"{Backups}/one")).Must(404);
        Assert.InRange(Number((await GetAsync(Green, $"{Locations}/default"))["metadata"]!["generation"]), 500, 2000);
    }
}
