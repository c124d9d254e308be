using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>Where snapshots go: the region with what AWS Backup is switched on for there, and the vault.</summary>
internal sealed record SnapshotPlace
{
    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>The vault; null where there is none of that name.</summary>
    public BackupVault? Vault { get; init; }

    /// <summary>Why it can't be seen which types of resources are switched on; null where it can.</summary>
    public Failure? Unseen { get; init; }

    private IReadOnlyDictionary<string, bool> OptIns { get; init; } = new Dictionary<string, bool>();

    /// <summary>Looks at the region and the vault.</summary>
    /// <param name="client">The service.</param>
    /// <param name="vaults">What knows vaults.</param>
    /// <param name="vaultName">The vault's name.</param>
    /// <param name="reporter">Told what can't be seen.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">BackupVaultNameInvalid; or what the service says.</exception>
    public static async Task<SnapshotPlace> LookAsync(BackupClient client, SnapshotVault vaults, string vaultName, IReporter reporter, CancellationToken cancellationToken)
    {
        var region = await client.GetRegionAsync(cancellationToken).ConfigureAwait(false);
        var place = new SnapshotPlace { Region = region, Vault = await vaults.FindAsync(vaultName, cancellationToken).ConfigureAwait(false) };
        try
        {
            return place with { OptIns = (await client.DescribeRegionSettingsAsync(cancellationToken).ConfigureAwait(false)).ResourceTypeOptInPreference };
        }
        catch (AccessDeniedException e)
        {
            reporter.Verbose($"which types of resources are switched on in {region} can't be seen, and shows at each job: {e.Message}");
            return place with { Unseen = e.Failure };
        }
    }

    /// <summary>What keeps a resource from being backed up there, as far as it can be seen beforehand; null for nothing.</summary>
    public Failure? Check(SnapshotStore store)
    {
        if (store.Failure is { } known)
            return known;
        ResourceArn arn;
        try
        {
            arn = ResourceArn.Read(store.ResourceArn, store.Type);
        }
        catch (UpgradeException e)
        {
            return e.Failure;
        }

        if (arn.Region.Length > 0 && arn.Region != Region)
            return SnapshotFailures.OtherRegion(arn, Region);
        if (arn.AccountId.Length > 0 && Vault?.BackupVaultArn?.Split(':') is [_, _, _, _, { Length: > 0 } account, ..] && account != arn.AccountId)
            return SnapshotFailures.OtherAccount(arn, account);
        return OptIns.TryGetValue(arn.Type, out var isOn) && !isOn ? SnapshotFailures.NotOptedIn(arn, Region) : null;
    }
}
