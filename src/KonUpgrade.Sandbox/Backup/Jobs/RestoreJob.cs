using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Backup.Vaults;

namespace KonUpgrade.Sandbox.Backup.Jobs;

/// <summary>A restore job, carried on at each look as backup jobs are.</summary>
internal sealed class RestoreJob
{
    public required string Id { get; init; }

    public required RecoveryPoint Point { get; init; }

    public required string? RoleArn { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required SortedDictionary<string, string> Metadata { get; init; }

    public string Status { get; private set; } = "PENDING";

    public string? Message { get; private set; }

    public string? CreatedArn { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public double Percent { get; private set; }

    public void Carry(BackupRegion region, DateTimeOffset now)
    {
        if (EndedAt is not null) return;
        BackupSettings settings = region.Settings;
        DateTimeOffset begins = CreatedAt + settings.RunningAfter;
        if (now < begins) return;
        Status = "RUNNING";
        if (RestoreRules.Obstacle(region, this) is { } obstacle)
        {
            (Status, Message, EndedAt) = ("FAILED", obstacle, begins);
            return;
        }
        TimeSpan length = TimeSpan.FromSeconds(Math.Max(settings.RunsAtLeast.TotalSeconds, Point.Resource.Bytes / (double)settings.BytesPerSecond));
        bool isStuck = region.Troubles.Find(restore: true, Point.Resource.Arn, "RUNNING") is not null;
        Percent = Math.Clamp(length <= TimeSpan.Zero ? 1 : (now - begins) / length, 0, isStuck ? 0.99 : 1) * 100;
        if (isStuck || now < begins + length) return;
        EndedAt = begins + length;
        if (region.Troubles.Strike(restore: true, Point.Resource.Arn) is { } trouble)
        {
            (Status, Message) = (trouble.Outcome, trouble.Words);
            if (Status != "COMPLETED") return;
        }
        Status = "COMPLETED";
        CreatedArn = RestoreRules.Create(region, this);
    }

    public JsonObject ToJson(string accountId) => new()
    {
        ["AccountId"] = accountId,
        ["RestoreJobId"] = Id,
        ["RecoveryPointArn"] = Point.Arn,
        ["SourceResourceArn"] = Point.Resource.Arn,
        ["BackupVaultArn"] = Point.Vault.Arn,
        ["CreationDate"] = Wire.Time(CreatedAt),
        ["CompletionDate"] = EndedAt is { } at ? Wire.Time(at) : null,
        ["Status"] = Status,
        ["StatusMessage"] = Message,
        ["PercentDone"] = Percent.ToString("0.00", CultureInfo.InvariantCulture) + "%",
        ["BackupSizeInBytes"] = Point.Resource.Bytes,
        ["IamRoleArn"] = RoleArn,
        ["CreatedResourceArn"] = CreatedArn,
        ["ResourceType"] = Point.Resource.Type,
        ["RecoveryPointCreationDate"] = Wire.Time(Point.CreatedAt),
        ["IsParent"] = false,
    };
}
