namespace KonUpgrade.Model;

/// <summary>How a check came out.</summary>
public enum ReadinessStatus
{
    /// <summary>All that was looked at is as it should be.</summary>
    Passed,

    /// <summary>There is nothing here that it is about.</summary>
    NotApplicable,

    /// <summary>Something should be known, and nothing of it blocks.</summary>
    Warning,

    /// <summary>Something blocks.</summary>
    Failed,

    /// <summary>It could not be found out; <see cref="ReadinessCheck.Failure"/> says why.</summary>
    Unknown,
}
