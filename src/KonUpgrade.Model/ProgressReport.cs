namespace KonUpgrade.Model;

/// <summary>How far one activity has come.</summary>
public sealed record ProgressReport
{
    /// <summary>What is being done: <c>Exporting blue</c>. Reports with the same activity belong together.</summary>
    public required string Activity { get; init; }

    /// <summary>The activity that this one is a part of, or null.</summary>
    public string? ParentActivity { get; init; }

    /// <summary>Where it stands: <c>apps/v1 Deployment</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>How many items are done.</summary>
    public long Done { get; init; }

    /// <summary>How many items there are, or null while that is not known.</summary>
    public long? Total { get; init; }

    /// <summary>Whether the activity has ended.</summary>
    public bool Completed { get; init; }
}
