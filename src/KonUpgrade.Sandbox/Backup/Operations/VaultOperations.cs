using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Backup.Service;
using KonUpgrade.Sandbox.Backup.Vaults;

namespace KonUpgrade.Sandbox.Backup.Operations;

/// <summary>What is done with vaults.</summary>
internal sealed partial class VaultOperations(BackupRegion region)
{
    public JsonObject Create(BackupRequest request)
    {
        string name = request.Named("backupVaultName");
        if (!IsName().IsMatch(name)) throw BackupError.Invalid($"Invalid backup vault name {name}: 2 to 50 letters, digits, hyphens and underscores are allowed");
        string? creator = request.Parameters.Text("CreatorRequestId");
        if (!region.Vaults.TryGetValue(name, out Vault? vault))
            vault = region.AddVault(name, request.Parameters.Map("BackupVaultTags") ?? new(StringComparer.Ordinal), request.Parameters.Text("EncryptionKeyArn"), creator);
        else if (creator is null || creator != vault.CreatorRequestId)
            throw new BackupError("AlreadyExistsException", $"Backup vault with the same name already exists: {name}") { Arn = vault.Arn };
        return new JsonObject { ["BackupVaultName"] = name, ["BackupVaultArn"] = vault.Arn, ["CreationDate"] = Wire.Time(vault.CreatedAt) };
    }

    public JsonObject List(BackupRequest request)
        => BackupPages.Of(request, region.Settings.MostInAPage, "BackupVaultList", [.. region.Vaults.Values.Select(vault => (vault.Name, vault.ToJson()))]);

    public JsonObject? Delete(BackupRequest request)
    {
        Vault vault = Find(request.Named("backupVaultName"));
        if (vault.Points.Count > 0) throw BackupError.Request("Backup vault cannot be deleted because it contains recovery points.");
        region.Vaults.Remove(vault.Name);
        return null;
    }

    public JsonObject? Lock(BackupRequest request)
    {
        Vault vault = Find(request.Named("backupVaultName"));
        long? min = request.Parameters.Integer("MinRetentionDays"), max = request.Parameters.Integer("MaxRetentionDays"), days = request.Parameters.Integer("ChangeableForDays");
        if (min < 1 || max < 1 || min > max) throw BackupError.Invalid("MinRetentionDays and MaxRetentionDays must be at least 1, and the first not more than the second");
        if (days < 3) throw BackupError.Invalid("ChangeableForDays must be at least 3");
        (vault.IsLocked, vault.MinRetentionDays, vault.MaxRetentionDays, vault.LockDate) = (true, min, max, days is { } wait ? region.Now.AddDays(wait) : null);
        return null;
    }

    public JsonObject? Unlock(BackupRequest request)
    {
        Vault vault = Find(request.Named("backupVaultName"));
        if (vault.LockDate <= region.Now) throw BackupError.Request("The vault lock can no longer be changed.");
        (vault.IsLocked, vault.MinRetentionDays, vault.MaxRetentionDays, vault.LockDate) = (false, null, null, null);
        return null;
    }

    /// <summary>A vault by its name.</summary>
    /// <exception cref="AwsError">There is none.</exception>
    public Vault Find(string name)
        => region.Vaults.GetValueOrDefault(name)
        ?? throw (region.Settings.DenyMissingVaults
            ? new AwsError(403, "AccessDeniedException", "Insufficient privileges to perform this action.")
            : BackupError.NotFound($"Backup vault {name} was not found"));

    [GeneratedRegex(@"^[a-zA-Z0-9\-_]{2,50}\z")]
    private static partial Regex IsName();
}
