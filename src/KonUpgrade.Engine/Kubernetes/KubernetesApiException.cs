using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>A call to an API server that failed: a Status that the server gave, or no answer at all.</summary>
/// <param name="failure">What went wrong.</param>
/// <param name="innerException">The cause on the wire, if any.</param>
public sealed class KubernetesApiException(Failure failure, Exception? innerException = null) : UpgradeException(failure, innerException)
{
    /// <summary>The HTTP status, or 0 where no answer came.</summary>
    public int StatusCode { get; init; }

    /// <summary>The Status' reason, such as <c>AlreadyExists</c>; empty where there is none.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The Status' causes.</summary>
    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Who owns the fields that a server-side apply would have taken.</summary>
    public IReadOnlyList<FieldConflict> Conflicts { get; init; } = [];

    /// <summary>The token of an expired list's 410 that carries on from the same key at the newest state.</summary>
    internal string? Continue { get; init; }

    /// <summary>The name of the object that a 404 or 409 speaks of (Status details).</summary>
    internal string? DetailsName { get; init; }

    internal CallOutcome Outcome { get; init; } = CallOutcome.Final;
}

/// <summary>What is known about a call that failed.</summary>
internal enum CallOutcome
{
    /// <summary>The server decided; the same call would fail again.</summary>
    Final,

    /// <summary>The call surely changed nothing, and may succeed later.</summary>
    NotProcessed,

    /// <summary>Nobody knows whether the call took effect.</summary>
    Unknown,
}
