using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Backup.Vaults;

namespace KonUpgrade.Sandbox.Backup.Jobs;

/// <summary>A backup job. Its life is told by <see cref="BackupLife"/>.</summary>
internal sealed class BackupJob
{
    public required string Id { get; init; }

    public required BackupResource Resource { get; init; }

    public required Vault Vault { get; init; }

    public required string RoleArn { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset StartBy { get; init; }

    public required DateTimeOffset CompleteBy { get; init; }

    public required SortedDictionary<string, string> Tags { get; init; }

    public long? DeleteAfterDays { get; init; }

    public long? ColdAfterDays { get; init; }

    public BackupJob? Parent { get; init; }

    public List<BackupJob> Children { get; } = [];

    public bool IsParent { get; init; }

    public string State { get; set; } = "CREATED";

    public string? Message { get; set; }

    public string? Category { get; set; }

    public DateTimeOffset? BeganAt { get; set; }

    public DateTimeOffset? StoppedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public RecoveryPoint? Point { get; set; }

    public double Percent { get; set; }

    public bool IsOver => State is "COMPLETED" or "PARTIAL" or "FAILED" or "ABORTED" or "EXPIRED";

    public long Transferred => (long)(Resource.Bytes * Percent / 100);

    public JsonObject ToJson(string accountId, bool described) => new()
    {
        ["AccountId"] = accountId,
        ["BackupJobId"] = Id,
        ["BackupVaultName"] = Vault.Name,
        ["BackupVaultArn"] = Vault.Arn,
        ["RecoveryPointArn"] = Point?.Arn,
        ["RecoveryPointLifecycle"] = DeleteAfterDays is null && ColdAfterDays is null ? null : new JsonObject { ["DeleteAfterDays"] = DeleteAfterDays, ["MoveToColdStorageAfterDays"] = ColdAfterDays },
        ["ResourceArn"] = Resource.Arn,
        ["ResourceType"] = Resource.Type,
        ["ResourceName"] = Resource.Title,
        ["IamRoleArn"] = RoleArn,
        ["CreationDate"] = Wire.Time(CreatedAt),
        ["InitiationDate"] = Time(BeganAt),
        ["CompletionDate"] = Time(EndedAt),
        ["StartBy"] = Wire.Time(StartBy),
        ["State"] = State,
        ["StatusMessage"] = Message,
        ["MessageCategory"] = Category,
        ["PercentDone"] = Percent.ToString("0.0", CultureInfo.InvariantCulture),
        ["BytesTransferred"] = BeganAt is null ? null : Transferred,
        ["BackupSizeInBytes"] = State is "COMPLETED" or "PARTIAL" ? Resource.Bytes : null,
        ["IsEncrypted"] = true,
        ["EncryptionKeyArn"] = Vault.KeyArn,
        ["IsParent"] = IsParent,
        ["ParentJobId"] = Parent?.Id,
        ["NumberOfChildJobs"] = described && IsParent ? Children.Count : null,
        ["ChildJobsInState"] = described && IsParent ? new JsonObject(Children.GroupBy(child => child.State).Select(group => KeyValuePair.Create(group.Key, (JsonNode?)JsonValue.Create(group.Count())))) : null,
    };

    private static JsonNode? Time(DateTimeOffset? time) => time is { } at ? Wire.Time(at) : null;
}
