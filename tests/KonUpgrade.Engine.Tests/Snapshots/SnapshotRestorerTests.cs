using KonUpgrade.Engine.Snapshots.Restoring;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Backup;

namespace KonUpgrade.Engine.Tests.Snapshots;

public sealed class SnapshotRestorerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_snapshot_comes_back_beside_what_it_was_taken_of()
    {
        await using var live = await LiveBackup.StartAsync(speed: 400);
        var taken = await live.TakeAsync(live.Request(), LiveBackup.Files, LiveBackup.Database);
        var restorer = new SnapshotRestorer(live.Client, live.Told);
        var begun = new List<StateRestore>();
        foreach (var snapshot in taken)
        {
            var request = Request(live, snapshot) with { Shape = new RestoreShape { NewName = snapshot.ResourceType == "RDS" ? "pipelines-green" : null } };
            begun.Add(await restorer.StartAsync(request, await restorer.PrepareAsync(request, Token), Token));
        }

        var ended = await restorer.WaitAsync(begun, live.Quick, Token).ToListAsync(Token);
        Assert.All(ended, restore => Assert.Equal((StateRestoreStatus.Completed, true, false, null), (restore.Status, restore.Complete, restore.IsExisting, restore.Failure)));
        var files = ended.Single(restore => restore.ResourceType == "EFS");
        Assert.NotEqual(LiveBackup.Files, files.CreatedResourceArn);
        Assert.Contains(live.Service.Resources, resource => resource.Arn == files.CreatedResourceArn);
        Assert.Equal("arn:aws:rds:eu-central-1:123456789012:db:pipelines-green", ended.Single(restore => restore.ResourceType == "RDS").CreatedResourceArn);
        Assert.Contains("aws-backup-restore_", files.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_finds_what_runs_what_is_done_is_not_done_again_and_what_failed_is()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var snapshot = await CompletedAsync(live, LiveBackup.Files);
        var restorer = new SnapshotRestorer(live.Client, live.Told);
        var request = Request(live, snapshot);
        var prepared = await restorer.PrepareAsync(request, Token);
        live.Service.AddTrouble(new BackupTrouble("FAILED") { Restore = true, Count = 1, Message = "no room" });
        var first = await restorer.StartAsync(request, prepared, Token);
        Assert.Equal((first.RestoreJobId, true), await restorer.StartAsync(request, prepared, Token) is var again ? (again.RestoreJobId, again.IsExisting) : default);
        live.Service.Advance(TimeSpan.FromMinutes(5));
        var failed = await restorer.WaitAsync([first], live.Quick, Token).SingleAsync(Token);
        Assert.Equal((StateRestoreStatus.Failed, "RestoreFailed", "no room"), (failed.Status, failed.Failure?.Id, failed.StatusMessage));
        var second = await restorer.StartAsync(request, prepared, Token);
        Assert.NotEqual(first.RestoreJobId, second.RestoreJobId);
        live.Service.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((second.RestoreJobId, StateRestoreStatus.Completed), await restorer.StartAsync(request, prepared, Token) is var done ? (done.RestoreJobId, done.Status) : default);
        Assert.Contains(live.Told.Of("warning"), warning => warning.Contains("Another name restores it anew", StringComparison.Ordinal));
        Assert.NotEqual(second.RestoreJobId, (await restorer.StartAsync(request with { Name = "again" }, prepared, Token)).RestoreJobId);
        var other = request with { Shape = new RestoreShape { InPlace = true } };
        Assert.False((await restorer.StartAsync(other, await restorer.PrepareAsync(other, Token), Token)).IsExisting);
    }

    [Fact]
    public async Task A_name_that_is_taken_fails_with_the_remedy_and_a_long_one_is_given_when_the_time_is_over()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Service.Add(new BackupResource("arn:aws:rds:eu-central-1:123456789012:db:taken"));
        var restorer = new SnapshotRestorer(live.Client, live.Told);
        var request = Request(live, await CompletedAsync(live, LiveBackup.Database)) with { Shape = new RestoreShape { NewName = "taken" } };
        var begun = await restorer.StartAsync(request, await restorer.PrepareAsync(request, Token), Token);
        var left = await restorer.WaitAsync([begun], live.Quick with { Timeout = TimeSpan.FromMilliseconds(40) }, Token).SingleAsync(Token);
        Assert.Equal((StateRestoreStatus.Pending, "RestoreWaitTimeout"), (left.Status, left.Failure?.Id));
        live.Service.Advance(TimeSpan.FromMinutes(5));
        var failed = await restorer.WaitAsync([begun], live.Quick, Token).SingleAsync(Token);
        Assert.Contains("-NewName", failed.Failure!.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recovery_point_that_is_not_whole_is_restored_only_where_that_is_said()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Service.AddTrouble(new BackupTrouble("PARTIAL"));
        var begun = await live.StartAsync(LiveBackup.Files);
        live.Service.Advance(TimeSpan.FromMinutes(5));
        var partial = await live.Reader.GetAsync(begun.BackupJobId!, Token);
        var restorer = new SnapshotRestorer(live.Client, live.Told);
        Assert.Equal("RecoveryPointNotWhole", (await Assert.ThrowsAsync<UpgradeException>(() => restorer.PrepareAsync(Request(live, partial), Token))).Failure.Id);
        Assert.Equal("EFS", (await restorer.PrepareAsync(Request(live, partial) with { AllowPartial = true }, Token)).ResourceType);
    }

    private static async Task<StateSnapshot> CompletedAsync(LiveBackup live, string resource)
    {
        var begun = await live.StartAsync(resource);
        live.Service.Advance(TimeSpan.FromMinutes(5));
        return await live.Reader.GetAsync(begun.BackupJobId!, Token);
    }

    private static RestoreRequest Request(LiveBackup live, StateSnapshot snapshot) =>
        new() { RecoveryPointArn = snapshot.RecoveryPointArn!, BackupVaultName = snapshot.BackupVaultName!, IamRoleArn = live.Service.RoleArn };
}
