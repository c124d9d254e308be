using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>Looks whether a vault takes what is to be put in it.</summary>
/// <param name="client">The service.</param>
/// <param name="reporter">Told of a lock.</param>
internal sealed class SnapshotVault(BackupClient client, IReporter reporter)
{
    private const int MostNamed = 8;

    /// <summary>A vault, or null where there is none of that name.</summary>
    /// <exception cref="BackupException">The login may neither look at it nor list the vaults; or what the service says.</exception>
    public async Task<BackupVault?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (!IsName(name))
            throw new UpgradeException(SnapshotFailures.VaultNameInvalid(name));
        try
        {
            return await client.DescribeBackupVaultAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceNotFoundException)
        {
            return null;
        }
        catch (AccessDeniedException e)
        {
            // The service answers so for a vault that is not there, too; whether it is one, the list knows.
            reporter.Verbose($"the vault '{name}' can't be looked at, and is looked for among all: {e.Message}");
            try
            {
                var names = await NamesAsync(cancellationToken).ConfigureAwait(false);
                if (!names.Contains(name))
                    return null;
            }
            catch (AccessDeniedException)
            {
                // Neither is allowed: nothing is known of the vault.
            }

            throw;
        }
    }

    /// <summary>The failure that there is no such vault, with those that there are.</summary>
    public async Task<Failure> MissingAsync(string name, CancellationToken cancellationToken)
    {
        var region = await client.GetRegionAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyCollection<string> names;
        try
        {
            names = await NamesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException)
        {
            names = [];
        }

        return SnapshotFailures.VaultMissing(name, region, [.. names.Take(MostNamed)]);
    }

    /// <summary>Makes a vault; one that somebody else has made meanwhile is as good.</summary>
    public async Task<BackupVault> CreateAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateBackupVaultAsync(
                new CreateBackupVaultRequest { BackupVaultName = name, CreatorRequestId = $"konupgrade-{name}", BackupVaultTags = new Dictionary<string, string> { ["konupgrade.dev/created"] = "true" } }, cancellationToken).ConfigureAwait(false);
        }
        catch (AlreadyExistsException)
        {
            reporter.Verbose($"the vault '{name}' was made by somebody else meanwhile");
        }

        return await client.DescribeBackupVaultAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Passes when a vault takes backups that are kept so long.</summary>
    /// <exception cref="UpgradeException">BackupVaultLocked, BackupVaultNotUsable.</exception>
    public void Check(BackupVault vault, long? deleteAfterDays)
    {
        if (vault.VaultType is { } type && type != VaultType.BackupVault)
            throw new UpgradeException(SnapshotFailures.VaultNotUsable(vault.BackupVaultName, $"it is of the type {type}, to which backups are only copied"));
        if (vault.VaultState == VaultState.Failed)
            throw new UpgradeException(SnapshotFailures.VaultNotUsable(vault.BackupVaultName, "it could not be made (FAILED)"));
        if (vault.Locked != true)
            return;
        var (min, max) = (vault.MinRetentionDays, vault.MaxRetentionDays);
        if ((min is not null && deleteAfterDays < min) || (max is not null && (deleteAfterDays is null || deleteAfterDays > max)))
            throw new UpgradeException(SnapshotFailures.VaultLocked(vault, deleteAfterDays));
        reporter.Warning($"The vault '{vault.BackupVaultName}' is locked: what is put in it can't be deleted before {(deleteAfterDays is { } days ? $"{days} days are over" : "its lock is gone")}.");
    }

    private static bool IsName(string name) => name.Length is >= 2 and <= 50 && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private async Task<HashSet<string>> NamesAsync(CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var vault in client.ListBackupVaultsAsync(cancellationToken).ConfigureAwait(false))
            names.Add(vault.BackupVaultName);
        return names;
    }
}
