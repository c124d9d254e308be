namespace KonUpgrade.Sandbox.Backup;

/// <summary>How jobs end, until it is taken away:
/// <list type="bullet">
/// <item><c>FAILED</c>, <c>ABORTED</c>, <c>PARTIAL</c>: instead of COMPLETED.</item>
/// <item><c>COMPLETED</c>: with a message of what was left out, and a category that is not SUCCESS.</item>
/// <item><c>EXPIRED</c>: they do not begin, until their start window is over.</item>
/// <item><c>RUNNING</c>: they do not end.</item>
/// </list>
/// </summary>
/// <param name="Outcome">A state of a backup job, or a status of a restore job.</param>
public sealed record BackupTrouble(string Outcome)
{
    /// <summary>Restore jobs are struck, and backup jobs are not.</summary>
    public bool Restore { get; init; }

    /// <summary>The resource's ARN, or its beginning and <c>*</c>; null for all.</summary>
    public string? ResourceArn { get; init; }

    /// <summary>What the job says; null for words of the sandbox.</summary>
    public string? Message { get; init; }

    /// <summary>The message's category; null for the one that goes with the outcome.</summary>
    public string? Category { get; init; }

    /// <summary>How many jobs are struck; null for all.</summary>
    public int? Count { get; init; }

    internal string Words => Message ?? Outcome switch
    {
        "COMPLETED" => "Some objects were skipped: access to 2 of 1024 objects was denied.",
        "PARTIAL" => "Some parts of the backup failed.",
        "EXPIRED" => "The backup job did not start in its start window.",
        "ABORTED" => "The backup job was stopped.",
        _ => "The backup job failed: the sandbox was asked for it.",
    };

    internal bool Fits(bool restore, string arn)
        => Restore == restore && (ResourceArn is null || (ResourceArn.EndsWith('*') ? arn.StartsWith(ResourceArn[..^1], StringComparison.Ordinal) : ResourceArn == arn));
}
