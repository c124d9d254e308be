using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Readiness.Upgrading;
using KonUpgrade.Engine.Tests.Snapshots;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Iam;

namespace KonUpgrade.Engine.Tests.Readiness;

/// <summary>Whether AWS Backup could take what a cluster keeps outside, before an upgrade.</summary>
public sealed class SnapshotsCheckTests
{
    private static readonly BackupSettings s_backup = new()
    {
        Speed = 0,
        Resources = [new(LiveBackup.Bucket), new("arn:aws:s3:::bare") { IsVersioned = false }, new(LiveBackup.Database), new(LiveBackup.Files), new(LiveBackup.Volume)],
    };

    [Fact]
    public async Task What_is_named_and_what_volumes_stand_for_can_be_taken()
    {
        await using var scene = await StartAsync();
        var check = await scene.SnapshotsAsync(Intent(scene) with { Databases = ["pipelines"], Buckets = ["artifacts"] });
        Assert.Equal((ReadinessStatus.Passed, "3 stores outside the cluster", ReadinessSeverity.Blocking), (check.Status, check.Examined, check.Severity));
        using var client = new BackupClient(scene.Blue.Eks!.Login.Beside(), NullReporter.Instance);
        Assert.Equal(0, await client.ListBackupJobsAsync(new BackupJobFilter(), TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_a_word_about_snapshots_the_stores_of_volumes_are_looked_at_and_nothing_blocks()
    {
        await using var scene = await StartAsync();
        scene.Host.Backup!.OptIn("EFS", isOn: false);
        var check = await scene.InPlaceAsync("SnapshotsReady");
        Assert.Equal((ReadinessStatus.Warning, "1 store outside the cluster", false), (check.Status, check.Examined, check.IsBlocking));
        Assert.Equal([$"shop/data: '{LiveBackup.Files}' would not be backed up: AWS Backup is switched off for EFS in eu-central-1."], MigrationScene.Texts(check));
        // Who counts on snapshots is stopped.
        Assert.Equal(ReadinessStatus.Failed, (await scene.SnapshotsAsync(Intent(scene))).Status);
    }

    [Theory]
    [InlineData("role", "! role arn:aws:iam::123456789012:role/nobody: There is no role 'nobody'")]
    [InlineData("trust", "! role arn:aws:iam::123456789012:role/blue-node: The role 'arn:aws:iam::123456789012:role/blue-node' does not let AWS Backup assume it")]
    [InlineData("right", "! shop/data: 'arn:aws:elasticfilesystem:eu-central-1:123456789012:file-system/fs-0123456789abcdef0' would not be backed up: no policy of the role")]
    [InlineData("vault", "vault upgrades: There is no vault 'upgrades' in eu-central-1. There are: Default.")]
    [InlineData("bucket", "! arn:aws:s3:::bare: The bucket 'bare' would not be backed up: its versioning is not enabled.")]
    [InlineData("nobucket", "! arn:aws:s3:::nobody: ")]
    [InlineData("database", "! nodb: There is no database of RDS or Aurora 'nodb' in eu-central-1.")]
    public async Task What_jobs_would_fail_of_is_found(string fault, string finding)
    {
        await using var scene = await StartAsync();
        scene.Host.Iam!.Add(new IamRole("backups") { TrustPolicy = IamRole.TrustOf("backup.amazonaws.com") });
        var intent = fault switch
        {
            "role" => Intent(scene) with { IamRoleArn = "arn:aws:iam::123456789012:role/nobody" },
            "trust" => Intent(scene) with { IamRoleArn = "arn:aws:iam::123456789012:role/blue-node" },
            "right" => Intent(scene) with { IamRoleArn = "arn:aws:iam::123456789012:role/backups" },
            "vault" => Intent(scene) with { BackupVaultName = "upgrades" },
            "bucket" => Intent(scene) with { Buckets = ["bare"] },
            "nobucket" => Intent(scene) with { Buckets = ["nobody"] },
            _ => Intent(scene) with { Databases = ["nodb"] },
        };
        var check = await scene.SnapshotsAsync(intent);
        Assert.StartsWith(finding, Assert.Single(MigrationScene.Texts(check)), StringComparison.Ordinal);
        Assert.Equal(fault == "vault" ? ReadinessStatus.Warning : ReadinessStatus.Failed, check.Status);
        Assert.NotNull(check.Findings[0].Remedy);
    }

    [Theory]
    [InlineData("DescribeBackupVault", "backup:DescribeBackupVault")]
    [InlineData("DescribeRegionSettings", "backup:DescribeRegionSettings")]
    [InlineData("GetRole", "iam:GetRole")]
    [InlineData("GetBucketVersioning", "s3:GetBucketVersioning")]
    public async Task A_right_that_lacks_makes_it_unknown_with_its_name(string operation, string right)
    {
        await using var scene = await StartAsync();
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = operation, Count = null });
        var check = await scene.SnapshotsAsync(Intent(scene) with { Buckets = ["artifacts"] });
        Assert.Equal((ReadinessStatus.Unknown, true), (check.Status, check.IsBlocking));
        Assert.Contains(right, $"{check.Failure!.Message} {check.Failure.Recommendation}", StringComparison.Ordinal);
        // Where nobody has said that snapshots are wanted, it stops nobody.
        if (operation.StartsWith("Describe", StringComparison.Ordinal))
        {
            var quiet = await scene.InPlaceAsync("SnapshotsReady");
            Assert.Equal((ReadinessStatus.Unknown, false), (quiet.Status, quiet.IsBlocking));
        }
    }

    [Fact]
    public async Task Volumes_that_AWS_Backup_does_not_take_are_told_and_without_stores_there_is_nothing_to_look_at()
    {
        await using var scene = await StartAsync();
        scene.Seed("blue", Volume("disk", """{"driver":"disk.csi.example.com","volumeHandle":"d-1"}"""));
        var texts = MigrationScene.Texts(await scene.InPlaceAsync("SnapshotsReady"));
        Assert.Contains("are not backed up with it: disk.csi.example.com (disk)", Assert.Single(texts), StringComparison.Ordinal);
        await using var bare = await MigrationScene.StartAsync(isEks: true, s_backup);
        Assert.Equal(ReadinessStatus.NotApplicable, (await bare.InPlaceAsync("SnapshotsReady")).Status);
        // A role without a way to AWS can't be looked at.
        await using var elsewhere = await MigrationScene.StartAsync();
        var check = await elsewhere.SnapshotsAsync(new SnapshotIntent { IamRoleArn = "arn:aws:iam::123456789012:role/backups" });
        Assert.Equal((ReadinessStatus.Unknown, "NotAnEksCluster"), (check.Status, check.Failure?.Id));
    }

    private static async Task<MigrationScene> StartAsync() =>
        (await MigrationScene.StartAsync(isEks: true, s_backup)).Seed("blue", Volume("data", """{"driver":"efs.csi.aws.com","volumeHandle":"fs-0123456789abcdef0"}"""));

    private static SnapshotIntent Intent(MigrationScene scene) => new() { IamRoleArn = scene.Host.Backup!.RoleArn };

    private static string Volume(string name, string csi) =>
        $$$"""{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"{{{name}}}"},"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteMany"],"claimRef":{"namespace":"shop","name":"{{{name}}}"},"csi":{{{csi}}} } }""";
}
