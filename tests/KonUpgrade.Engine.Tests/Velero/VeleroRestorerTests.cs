using System.Text.Json.Nodes;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Velero;

/// <summary>A restore is made when its backup has come to the cluster, and is what was asked for.</summary>
public sealed class VeleroRestorerTests
{
    private static readonly ApiResource s_accounts = new() { Group = "", Version = "v1", Kind = "ServiceAccount", Plural = "serviceaccounts", Singular = "serviceaccount", Namespaced = true };

    private const string Whole = """ "phase":"Completed","startTimestamp":"2026-05-04T12:00:00Z" """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restore_waits_until_the_backup_has_come_and_carries_what_was_asked_for()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var backup = await EndedAsync(velero);
        var restorer = velero.Restorer(new VeleroRestoreRequest { Name = "over", Existing = VeleroExisting.Update, Selection = new VeleroScope { ExcludedKinds = ["Secret"] } });
        var preparing = restorer.PrepareAsync(backup, Token);
        await Eventually.TrueAsync(() => velero.Told.Text.Contains("Waiting for the backup before to come to green", StringComparison.Ordinal), "it waits", Token);
        Assert.False(preparing.IsCompleted);
        await velero.SyncAsync("green", "before");
        var restore = await restorer.StartAsync(await preparing, Token);
        Assert.Equal(("over", "before", "update", "green", false), (restore.Name, restore.BackupName, restore.ExistingResourcePolicy, restore.Context, restore.IsExisting));
        var made = await PlayedVelero.ObjectAsync(velero.Green, VeleroResources.Restores, "over");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"backupName":"before","excludedResources":["secrets"],"existingResourcePolicy":"update"}"""), made["spec"]), made.ToJsonString());
    }

    [Fact]
    public async Task A_backup_that_does_not_come_is_told_with_how_the_locations_stand_and_no_restore_is_made()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var failure = await velero.RefusedAsync(await EndedAsync(velero), new VeleroRestoreRequest { SyncTimeout = TimeSpan.FromMinutes(10) }, new FastTime(500));
        Assert.Equal(("VeleroBackupNotSynced", FailureKind.Timeout), (failure.Id, failure.Kind));
        Assert.Contains("default (shared/prod) is Available, never synced", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await PlayedVelero.NamesAsync(velero.Green, VeleroResources.Restores));
    }

    [Fact]
    public async Task A_backup_that_can_not_come_is_told_at_once()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var backup = await EndedAsync(velero);
        var shared = await velero.RefusedAsync(backup with { Bucket = "other" });
        Assert.Equal("StorageLocationNotShared", shared.Id);
        Assert.Contains("velero backup-location create blue --provider aws --bucket other --prefix prod --access-mode ReadOnly", shared.Recommendation, StringComparison.Ordinal);
        await velero.LocationAsync("green", "default", status: """ "phase":"Unavailable","message":"denied" """);
        var away = await velero.RefusedAsync(backup);
        Assert.Equal("StorageLocationNotAvailable", away.Id);
        await velero.LocationAsync("green", "default", spec: ""","backupSyncPeriod":"0s" """);
        Assert.Contains("backupSyncPeriod 0s", (await velero.RefusedAsync(backup)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_login_of_a_location_that_can_not_be_reached_is_told_as_far_as_it_is_seen()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var backup = await EndedAsync(velero);
        await velero.LocationAsync("green", "default", status: """ "phase":"Unavailable" """);
        await velero.PutAsync("green", s_accounts, "velero", """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"velero","namespace":"velero"}}""");
        Assert.Contains("has no annotation eks.amazonaws.com/role-arn", (await velero.RefusedAsync(backup)).Recommendation, StringComparison.Ordinal);
        await velero.PutAsync("green", s_accounts, "velero", """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"velero","namespace":"velero","annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::1:role/velero"}}}""");
        Assert.Contains("as the role arn:aws:iam::1:role/velero", (await velero.RefusedAsync(backup)).Recommendation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "phase":"InProgress" """, false, "VeleroBackupNotEnded")]
    [InlineData(""" "phase":"InProgress" """, true, "VeleroBackupNotEnded")]
    [InlineData(""" "phase":"PartiallyFailed","errors":1 """, false, "VeleroBackupNotComplete")]
    [InlineData(""" "phase":"Failed" """, false, "VeleroBackupNotComplete")]
    [InlineData(""" "phase":"Completed","errors":1 """, false, "VeleroBackupNotComplete")]
    [InlineData(""" "phase":"FailedValidation" """, true, "VeleroBackupEmpty")]
    [InlineData(""" "phase":"PartiallyFailed","errors":1 """, true, null)]
    [InlineData(""" "phase":"Completed" """, false, null)]
    public async Task A_backup_that_is_not_whole_is_refused_unless_that_is_allowed(string status, bool allowed, string? id)
    {
        await using var velero = await PlayedVelero.StartAsync();
        await velero.SyncAsync("green", "before", status);
        var request = new VeleroRestoreRequest { AllowPartial = allowed };
        // Whether it is only named, or came in as it stands.
        var named = new VeleroBackup { Name = "before", Phase = "" };
        var given = await new VeleroReader(velero.Green, velero.Told).BackupsAsync(new VeleroFilter(), Token).SingleAsync(Token);
        foreach (var backup in new[] { named, given })
        {
            if (id is null)
                Assert.StartsWith("before-", (await velero.Restorer(request).PrepareAsync(backup, Token)).Name, StringComparison.Ordinal);
            else
                Assert.Equal(id, (await velero.RefusedAsync(backup, request)).Id);
        }

        Assert.Empty(await PlayedVelero.NamesAsync(velero.Green, VeleroResources.Restores));
    }

    [Fact]
    public async Task A_second_run_finds_the_restore_and_a_new_backup_of_the_same_name_is_another_content()
    {
        await using var velero = await PlayedVelero.StartAsync();
        await velero.SyncAsync("green", "before");
        var named = new VeleroBackup { Name = "before", Phase = "" };
        var first = await velero.RestoreAsync(named);
        Assert.Equal((first.Uid, true), ((await velero.RestoreAsync(named)) is var again ? (again.Uid, again.IsExisting) : default));
        await velero.SyncAsync("green", "before", """ "phase":"Completed","startTimestamp":"2026-05-05T12:00:00Z" """);
        Assert.Equal("VeleroRestoreExists", (await velero.RefusedAsync(named, new VeleroRestoreRequest { Name = "over" })).Id);
        var free = await velero.RestoreAsync(named, new VeleroRestoreRequest());
        Assert.Equal(free.Name, (await velero.RestoreAsync(named, new VeleroRestoreRequest())).Name);
        await PlayedVelero.StatusAsync(velero.Green, VeleroResources.Restores, free.Name, """ "phase":"Completed" """);
        Assert.NotEqual(free.Name, (await velero.RestoreAsync(named, new VeleroRestoreRequest())).Name);
    }

    [Fact]
    public async Task Another_backup_that_has_the_name_is_not_restored()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var backup = await EndedAsync(velero);
        await velero.SyncAsync("green", "before", """ "phase":"Completed","startTimestamp":"2026-05-05T12:00:00Z" """);
        Assert.Equal("VeleroBackupReplaced", (await velero.RefusedAsync(backup)).Id);
    }

    [Fact]
    public async Task What_can_not_be_restored_is_told_before_anything_is_made()
    {
        await using var velero = await PlayedVelero.StartAsync();
        await velero.SyncAsync("green", "before", spec: """ "storageLocation":"default","includedNamespaces":["shop"] """, annotations: """{"velero.io/source-cluster-k8s-gitversion":"v1.34.1"}""");
        var named = new VeleroBackup { Name = "before", Phase = "" };
        async Task<Failure> Refused(VeleroRestoreRequest request) => await velero.RefusedAsync(named, request with { AllowOlderVersion = true });
        Assert.Equal("NamespaceNotInBackup", (await Refused(new() { Selection = new VeleroScope { Namespaces = ["team-a"] } })).Id);
        Assert.Equal("NamespaceNotInBackup", (await Refused(new() { NamespaceMapping = new Dictionary<string, string> { ["team-a"] = "x" } })).Id);
        Assert.Equal("NamespaceNameInvalid", (await Refused(new() { NamespaceMapping = new Dictionary<string, string> { ["shop"] = "A_b" } })).Id);
        Assert.Equal("KindNeverRestored", (await Refused(new() { Selection = new VeleroScope { Kinds = ["Node"] } })).Id);
        Assert.Equal("KindNotFound", (await Refused(new() { StatusKinds = ["Nothing"] })).Id);
        Assert.Equal("VeleroRestoreIntoOlder", (await velero.RefusedAsync(named)).Id);
        await velero.LocationAsync("green", "other");
        await velero.SyncAsync("green", "lost", spec: """ "storageLocation":"gone" """);
        Assert.Equal("StorageLocationNotFound", (await velero.RefusedAsync(named with { Name = "lost" })).Id);
        Assert.Empty(await PlayedVelero.NamesAsync(velero.Green, VeleroResources.Restores));
    }

    [Fact]
    public async Task A_kind_whose_definition_comes_with_the_restore_is_taken_as_Velero_names_it()
    {
        await using var velero = await PlayedVelero.StartAsync();
        await velero.SyncAsync("green", "before");
        var named = new VeleroBackup { Name = "before", Phase = "" };
        await velero.RestoreAsync(named, new VeleroRestoreRequest { Name = "over", Selection = new VeleroScope { Kinds = ["apps.k11n.dev", "cm"] } });
        var made = await PlayedVelero.ObjectAsync(velero.Green, VeleroResources.Restores, "over");
        Assert.Equal(["apps.k11n.dev", "configmaps"], made["spec"]!["includedResources"]!.AsArray().Select(name => (string?)name));
        Assert.Contains("where its definition comes with the same restore", Assert.Single(velero.Told.Of("warning")), StringComparison.Ordinal);
        Assert.Contains("apps.k11n.dev", (await velero.RefusedAsync(named, new VeleroRestoreRequest { Selection = new VeleroScope { Kinds = ["App.k11n.dev"] } })).Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_location_that_both_may_write_to_an_older_Velero_and_the_same_cluster_are_warned_of()
    {
        await using var velero = await PlayedVelero.StartAsync();
        await velero.SyncAsync("green", "before", annotations: """{"konupgrade.dev/source-cluster":"another","konupgrade.dev/velero-version":"v1.17.0"}""");
        var named = new VeleroBackup { Name = "before", Phase = "" };
        await velero.Restorer().PrepareAsync(named, Token);
        var warnings = velero.Told.Of("warning");
        Assert.Contains(warnings, warning => warning.Contains("is writable", StringComparison.Ordinal) && warning.Contains("\"accessMode\":\"ReadOnly\"", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains("v1.17.0", StringComparison.Ordinal));
        Assert.Equal(2, warnings.Count);
        await velero.LocationAsync("green", "default", spec: ""","accessMode":"ReadOnly" """);
        await velero.Restorer().PrepareAsync(named, Token);
        Assert.Equal(3, velero.Told.Of("warning").Count);
        await velero.SyncAsync("green", "before", annotations: $$"""{"konupgrade.dev/source-cluster":"{{(await velero.Green.GetIdentityAsync(Token)).Uid}}"}""");
        await velero.Restorer().PrepareAsync(named, Token);
        Assert.Contains("was taken of green itself", velero.Told.Of("warning")[^1], StringComparison.Ordinal);
    }

    private static async Task<VeleroBackup> EndedAsync(PlayedVelero velero)
    {
        var backup = await velero.TakeAsync();
        await PlayedVelero.StatusAsync(velero.Blue, VeleroResources.Backups, backup.Name, Whole);
        return await new VeleroWaiter(velero.Blue, velero.Told).WaitAsync([backup], new VeleroWaitOptions { Timeout = TimeSpan.FromSeconds(30) }, Token).SingleAsync(Token);
    }
}
