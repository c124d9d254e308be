using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Tests.Programs;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>The client of AWS Backup against moto's server, as far as that has the service: vaults, no jobs.</summary>
public sealed class BackupMotoTests(MotoServer moto) : IClassFixture<MotoServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_vault_is_made_found_and_not_made_twice()
    {
        moto.Require();
        using var client = Client();
        var made = await client.CreateBackupVaultAsync(new CreateBackupVaultRequest { BackupVaultName = "before_green", BackupVaultTags = new Dictionary<string, string> { ["team"] = "platform" } }, Token);
        Assert.Equal("arn:aws:backup:eu-west-1:123456789012:backup-vault:before_green", made.BackupVaultArn);
        Assert.InRange(made.CreationDate!.Value, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        Assert.Equal(made.BackupVaultArn, (await client.DescribeBackupVaultAsync("before_green", Token)).BackupVaultArn);
        Assert.Contains("before_green", await client.ListBackupVaultsAsync(Token).Select(vault => vault.BackupVaultName).ToListAsync(Token));
        var taken = await Assert.ThrowsAsync<AlreadyExistsException>(() => client.CreateBackupVaultAsync(new CreateBackupVaultRequest { BackupVaultName = "before_green" }, Token));
        Assert.Equal("BackupVaultExists", taken.Failure.Id);
        Assert.Equal("platform", (await client.ListTagsAsync(made.BackupVaultArn!, Token))["team"]);
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_its_kind()
    {
        moto.Require();
        using var client = Client();
        Assert.Equal("BackupVaultNotFound", (await Assert.ThrowsAsync<ResourceNotFoundException>(() => client.DescribeBackupVaultAsync("nowhere", Token))).Failure.Id);
        var unknown = await Assert.ThrowsAsync<BackupException>(() => client.DescribeBackupJobAsync("job-1", Token));
        Assert.Equal("AwsOperationUnknown", unknown.Failure.Id);
    }

    private BackupClient Client() => new(AwsScene.Options(new Uri(moto.Url)), NullReporter.Instance);
}
