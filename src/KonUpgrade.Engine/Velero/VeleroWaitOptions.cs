namespace KonUpgrade.Engine.Velero;

/// <summary>How it is waited.</summary>
public sealed record VeleroWaitOptions
{
    /// <summary>How long altogether; null for a day.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The activity that the wait is a part of, or null.</summary>
    public string? ParentActivity { get; init; }
}
