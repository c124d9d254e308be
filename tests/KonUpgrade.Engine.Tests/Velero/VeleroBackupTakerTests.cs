using System.Text.Json.Nodes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Velero;

/// <summary>A backup is made once a request, and only where it can be what was asked for.</summary>
public sealed class VeleroBackupTakerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_says_where_it_is_from_and_a_look_before_it_changes_nothing()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var taker = velero.Taker(PlayedVelero.Request() with { Selection = new VeleroScope { Namespaces = ["shop"], Kinds = ["Deployment", "cm"] }, Labels = new Dictionary<string, string> { ["for"] = "green" } });
        var prepared = await taker.PrepareAsync(Token);
        Assert.Empty(await PlayedVelero.NamesAsync(velero.Blue, VeleroResources.Backups));
        Assert.Equal(("before", "deployments.apps, configmaps of shop to default (shared/prod)"), (prepared.Name, prepared.Description));
        var backup = await taker.StartAsync(prepared, Token);
        Assert.Equal(("New", false, "blue", "shared", "prod", "default"), (backup.Phase, backup.IsExisting, backup.Context, backup.Bucket, backup.Prefix, backup.StorageLocation));
        var uid = (await velero.Blue.GetIdentityAsync(Token)).Uid;
        Assert.Equal((uid, uid, "v1.16.1"), (backup.ClusterUid, backup.SourceClusterUid, backup.VeleroVersion));
        var made = await PlayedVelero.ObjectAsync(velero.Blue, VeleroResources.Backups, "before");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"includedNamespaces":["shop"],"includedResources":["configmaps","deployments.apps"],"storageLocation":"default"}"""), made["spec"]), made.ToJsonString());
        Assert.Equal("green", (string?)made["metadata"]!["labels"]!["for"]);
    }

    [Fact]
    public async Task A_second_run_finds_what_the_first_one_began_and_makes_none()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var first = await velero.TakeAsync();
        var again = await velero.TakeAsync();
        Assert.Equal((first.Uid, true), (again.Uid, again.IsExisting));
        await PlayedVelero.StatusAsync(velero.Blue, VeleroResources.Backups, "before", """ "phase":"Completed" """);
        Assert.True((await velero.TakeAsync()).Complete);
        Assert.Contains("Another name makes a new one", Assert.Single(velero.Told.Of("warning")), StringComparison.Ordinal);
        await PlayedVelero.StatusAsync(velero.Blue, VeleroResources.Backups, "before", """ "phase":"PartiallyFailed","errors":1 """);
        var bad = await velero.TakeAsync();
        Assert.Equal("VeleroBackupPartiallyFailed", bad.Failure!.Id);
        Assert.Contains("another -Name", bad.Failure.Recommendation, StringComparison.Ordinal);
        Assert.Equal(["before"], await PlayedVelero.NamesAsync(velero.Blue, VeleroResources.Backups));
        // Another request of that name is another backup.
        Assert.Equal("VeleroBackupExists", (await velero.RefusedAsync(PlayedVelero.Request() with { Ttl = TimeSpan.FromHours(1) })).Id);
    }

    [Fact]
    public async Task Without_a_name_one_that_runs_is_found_and_one_that_has_ended_is_not()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var first = await velero.TakeAsync(PlayedVelero.Request(null));
        Assert.EndsWith("-1", first.Name, StringComparison.Ordinal);
        Assert.Equal(first.Uid, (await velero.TakeAsync(PlayedVelero.Request(null))).Uid);
        await PlayedVelero.StatusAsync(velero.Blue, VeleroResources.Backups, first.Name, """ "phase":"Completed" """);
        var second = await velero.TakeAsync(PlayedVelero.Request(null));
        Assert.Equal(first.Name[..^1] + "2", second.Name);
        Assert.False(second.IsExisting);
        Assert.NotEqual(second.Name, (await velero.TakeAsync(PlayedVelero.Request(null) with { Ttl = TimeSpan.FromHours(1) })).Name);
    }

    [Fact]
    public async Task One_that_was_faster_with_the_same_request_is_found_and_one_with_another_is_not_taken_for_ours()
    {
        await using var velero = await PlayedVelero.StartAsync();
        var (one, other, third) = (velero.Taker(), velero.Taker(), velero.Taker(PlayedVelero.Request() with { Ttl = TimeSpan.FromHours(1) }));
        var (first, second, last) = (await one.PrepareAsync(Token), await other.PrepareAsync(Token), await third.PrepareAsync(Token));
        var made = await one.StartAsync(first, Token);
        Assert.Equal((made.Uid, true), ((await other.StartAsync(second, Token)) is var found ? (found.Uid, found.IsExisting) : default));
        Assert.Equal("VeleroBackupExists", (await Assert.ThrowsAsync<UpgradeException>(() => third.StartAsync(last, Token))).Failure.Id);
    }

    [Fact]
    public async Task What_stands_against_it_is_told_with_its_remedy_and_nothing_is_made()
    {
        await using var velero = await PlayedVelero.StartAsync();
        await velero.LocationAsync("blue", "locked", spec: ""","accessMode":"ReadOnly" """);
        await velero.LocationAsync("blue", "away", status: """ "phase":"Unavailable","message":"access denied" """);
        async Task Refused(string id, string words, VeleroBackupRequest request)
        {
            var failure = await velero.RefusedAsync(request);
            Assert.Equal(id, failure.Id);
            Assert.Contains(words, $"{failure.Message} {failure.Recommendation}", StringComparison.Ordinal);
        }

        var plain = PlayedVelero.Request();
        await Refused("StorageLocationReadOnly", "-StorageLocation", plain with { StorageLocation = "locked" });
        await Refused("StorageLocationNotAvailable", "Velero says: access denied. ", plain with { StorageLocation = "away" });
        await Refused("StorageLocationNotFound", "Did you mean default?", plain with { StorageLocation = "defualt" });
        await Refused("NamespaceNotFound", "Did you mean shop?", plain with { Selection = new VeleroScope { Namespaces = ["shpo"] } });
        await Refused("KindNotFound", "Did you mean", plain with { Selection = new VeleroScope { Kinds = ["Deploymnet"] } });
        await Refused("SelectionContradictory", "'shop'", plain with { Selection = new VeleroScope { Namespaces = ["shop"], ExcludedNamespaces = ["shop"] } });
        await Refused("VeleroNameInvalid", "lower case", plain with { Name = "Before" });
        await Refused("VeleroFieldNotKnown", "spec.hooks.resources[0].before", plain with { Hooks = JsonNode.Parse("""[{"name":"x","before":[]}]""")!.AsArray() });
        Assert.Empty(await PlayedVelero.NamesAsync(velero.Blue, VeleroResources.Backups));
    }

    [Theory]
    [InlineData("1.33")]
    [InlineData("1.21")]
    public async Task What_an_old_Velero_does_not_know_is_refused_and_not_dropped(string version)
    {
        await using var velero = await PlayedVelero.StartAsync(blueVersion: version, isOld: true);
        var failure = await velero.RefusedAsync(PlayedVelero.Request() with { Volumes = VeleroVolumes.SnapshotAndMove });
        Assert.Equal("VeleroFieldNotKnown", failure.Id);
        Assert.Contains("spec.snapshotMoveData", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await PlayedVelero.NamesAsync(velero.Blue, VeleroResources.Backups));
    }

    [Fact]
    public async Task A_server_that_is_not_there_or_does_not_run_or_only_restores_is_told()
    {
        await using var velero = await PlayedVelero.StartAsync();
        await velero.ServerAsync("green", arguments: ",\"--restore-only\"");
        Assert.Equal("VeleroOnlyRestores", (await velero.RefusedAsync(PlayedVelero.Request(), velero.Green)).Id);
        await velero.ServerAsync("green", available: 0);
        Assert.Equal("VeleroNotRunning", (await velero.RefusedAsync(PlayedVelero.Request(), velero.Green)).Id);
        var bare = await SandboxFixture.StartAsync();
        await using (bare)
        await using (var cluster = await SandboxFixture.ConnectAsync(bare, "blue"))
        {
            Assert.Equal("VeleroNotInstalled", (await velero.RefusedAsync(PlayedVelero.Request(), cluster)).Id);
            var reading = new VeleroReader(cluster, velero.Told).BackupsAsync(new VeleroFilter(), Token).ToListAsync(Token).AsTask();
            Assert.Equal("VeleroNotInstalled", (await Assert.ThrowsAnyAsync<UpgradeException>(() => reading)).Failure.Id);
        }
    }

    [Fact]
    public async Task A_location_that_nobody_has_looked_at_for_long_is_warned_of()
    {
        await using var velero = await PlayedVelero.StartAsync();
        await velero.LocationAsync("blue", "default", status: """ "phase":"Available","lastValidationTime":"2026-05-04T12:00:00Z" """);
        await velero.TakeAsync();
        Assert.Contains("its server may not work", Assert.Single(velero.Told.Of("warning")), StringComparison.Ordinal);
        await velero.LocationAsync("blue", "default", spec: ""","validationFrequency":"0s" """, status: """ "phase":"Available","lastValidationTime":"2026-05-04T12:00:00Z" """);
        await velero.TakeAsync();
        Assert.Single(velero.Told.Of("warning"));
    }

    [Fact]
    public async Task A_server_whose_image_does_not_tell_is_asked_for_its_version_and_one_that_is_silent_makes_none()
    {
        await using var velero = await PlayedVelero.StartAsync(image: "velero/velero@sha256:0123");
        var silent = velero.Taker(time: new FastTime(500));
        var prepared = await silent.PrepareAsync(Token);
        Assert.Equal("VeleroSilent", (await Assert.ThrowsAsync<UpgradeException>(() => silent.StartAsync(prepared, Token))).Failure.Id);
        Assert.Empty(await PlayedVelero.NamesAsync(velero.Blue, VeleroResources.Backups));
        Assert.Empty(await PlayedVelero.NamesAsync(velero.Blue, VeleroResources.ServerStatusRequests));
        var taking = velero.TakeAsync();
        await foreach (var asked in velero.Blue.Client.WatchAsync(VeleroResources.ServerStatusRequests, new(), Token))
        {
            using (asked.Object)
            {
                if (asked.Object is null)
                    continue;
                await PlayedVelero.StatusAsync(velero.Blue, VeleroResources.ServerStatusRequests, asked.Name, """ "phase":"Processed","serverVersion":"v1.17.2" """);
                break;
            }
        }

        Assert.Equal("v1.17.2", (await taking).VeleroVersion);
    }

    [Fact]
    public async Task A_create_whose_answer_is_lost_makes_one()
    {
        await using var velero = await PlayedVelero.StartAsync();
        velero.Fault(new SandboxFault { Kind = FaultKind.Unanswered, Cluster = "blue", Verb = "create", Resource = "backups", DryRun = false, Count = 1 });
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        var killed = velero.Taker();
        var prepared = await killed.PrepareAsync(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => killed.StartAsync(prepared, patience.Token));
        Assert.True((await velero.TakeAsync()).IsExisting);
        Assert.Equal(["before"], await PlayedVelero.NamesAsync(velero.Blue, VeleroResources.Backups));
    }
}
