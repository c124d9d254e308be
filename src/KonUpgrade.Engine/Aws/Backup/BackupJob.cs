using System.Globalization;
using System.Text.Json.Serialization;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>A backup job, as DescribeBackupJob and ListBackupJobs tell it. Enumerations are texts: a service may have values that are not known here.</summary>
public sealed record BackupJob
{
    /// <summary>The account.</summary>
    public string? AccountId { get; init; }

    /// <summary>The id.</summary>
    public string BackupJobId { get; init; } = "";

    /// <summary>The name of the vault that it backs up to.</summary>
    public string? BackupVaultName { get; init; }

    /// <summary>The ARN of the vault.</summary>
    public string? BackupVaultArn { get; init; }

    /// <summary>The ARN of what it makes; absent while that is not there.</summary>
    public string? RecoveryPointArn { get; init; }

    /// <summary>How long what it makes is kept.</summary>
    public Lifecycle? RecoveryPointLifecycle { get; init; }

    /// <summary>The key of the vault.</summary>
    public string? EncryptionKeyArn { get; init; }

    /// <summary>Whether it is encrypted.</summary>
    public bool? IsEncrypted { get; init; }

    /// <summary>The ARN of what is backed up.</summary>
    public string? ResourceArn { get; init; }

    /// <summary>The type of what is backed up: <c>EFS</c>.</summary>
    public string? ResourceType { get; init; }

    /// <summary>The name of what is backed up.</summary>
    public string? ResourceName { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset? CreationDate { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? InitiationDate { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletionDate { get; init; }

    /// <summary>When it is to end, as far as the service knows.</summary>
    public DateTimeOffset? ExpectedCompletionDate { get; init; }

    /// <summary>When it must have begun, or expires.</summary>
    public DateTimeOffset? StartBy { get; init; }

    /// <summary>The state: see <see cref="BackupJobState"/>.</summary>
    public string? State { get; init; }

    /// <summary>Why, in the service's words.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>What kind of message that is: <c>SUCCESS</c>, <c>AccessDenied</c>, <c>INVALIDPARAMETERS</c>.</summary>
    public string? MessageCategory { get; init; }

    /// <summary>How much is done, as text: <c>42.5</c>, or <c>100.00%</c>.</summary>
    public string? PercentDone { get; init; }

    /// <summary>The size in bytes.</summary>
    public long? BackupSizeInBytes { get; init; }

    /// <summary>How many bytes were transferred.</summary>
    public long? BytesTransferred { get; init; }

    /// <summary>The role that the service assumes for it.</summary>
    public string? IamRoleArn { get; init; }

    /// <summary>The plan that began it; absent where a person or program did.</summary>
    public RecoveryPointCreator? CreatedBy { get; init; }

    /// <summary>The kind of backup.</summary>
    public string? BackupType { get; init; }

    /// <summary>The job that this one is a part of.</summary>
    public string? ParentJobId { get; init; }

    /// <summary>Whether it has parts.</summary>
    public bool? IsParent { get; init; }

    /// <summary>How many parts it has; only where it is described.</summary>
    public long? NumberOfChildJobs { get; init; }

    /// <summary>How many of its parts are in which state; only where it is described.</summary>
    public IReadOnlyDictionary<string, long> ChildJobsInState { get; init; } = new Dictionary<string, long>();

    /// <summary>How much is done, from 0 to 100; null where the service does not say.</summary>
    [JsonIgnore]
    public double? Percent => Percentage.Read(PercentDone);
}

/// <summary>States of a backup job that are known.</summary>
public static class BackupJobState
{
    /// <summary>It was asked for, and waits to begin; until its start window is over.</summary>
    public const string Created = "CREATED";

    /// <summary>It is about to run.</summary>
    public const string Pending = "PENDING";

    /// <summary>It runs.</summary>
    public const string Running = "RUNNING";

    /// <summary>Somebody stopped it, and it ends.</summary>
    public const string Aborting = "ABORTING";

    /// <summary>Somebody stopped it.</summary>
    public const string Aborted = "ABORTED";

    /// <summary>It is done. Whether wholly, the message and its category say.</summary>
    public const string Completed = "COMPLETED";

    /// <summary>It failed.</summary>
    public const string Failed = "FAILED";

    /// <summary>It did not begin within its start window, or did not end within its completion window.</summary>
    public const string Expired = "EXPIRED";

    /// <summary>Some of its parts failed.</summary>
    public const string Partial = "PARTIAL";

    /// <summary>Whether a job of this state has ended. One that is not known goes on.</summary>
    public static bool IsTerminal(string? state) => state is Aborted or Completed or Failed or Expired or Partial;
}

/// <summary>The plan that began something.</summary>
public sealed record RecoveryPointCreator
{
    /// <summary>The plan's id.</summary>
    public string? BackupPlanId { get; init; }

    /// <summary>The plan's ARN.</summary>
    public string? BackupPlanArn { get; init; }

    /// <summary>The rule's id.</summary>
    public string? BackupRuleId { get; init; }
}

/// <summary>How long a recovery point is kept.</summary>
public sealed record Lifecycle
{
    /// <summary>After how many days it goes to cold storage.</summary>
    public long? MoveToColdStorageAfterDays { get; init; }

    /// <summary>After how many days it is deleted; at least 90 more than it is warm, where it goes to cold storage.</summary>
    public long? DeleteAfterDays { get; init; }

    /// <summary>Whether what may go to an archive does.</summary>
    public bool? OptInToArchiveForSupportedResources { get; init; }
}

/// <summary>Percentages as the service writes them: <c>42.5</c>, <c>100.00%</c>, or not at all.</summary>
internal static class Percentage
{
    public static double? Read(string? text) =>
        double.TryParse(text?.TrimEnd('%', ' '), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) ? Math.Clamp(percent, 0, 100) : null;
}
