namespace KonUpgrade.Sandbox.Faults;

/// <summary>What goes wrong.</summary>
public enum FaultKind
{
    /// <summary>429 with Retry-After.</summary>
    TooManyRequests,

    /// <summary>A 5xx, or whichever code is given.</summary>
    ServerError,

    /// <summary>The connection is torn down, before the answer or after some bytes of it.</summary>
    Reset,

    /// <summary>The answer comes late.</summary>
    Slow,

    /// <summary>A page of a list has expired: 410.</summary>
    ExpiredPage,

    /// <summary>A watch ends after some events.</summary>
    CutWatch,

    /// <summary>The server refuses, as an admission webhook, a quota or a schema would.</summary>
    Refuse,

    /// <summary>The request takes effect, and no answer ever comes: the client hangs until its connection ends or its patience does.</summary>
    Unanswered,
}

/// <summary>
/// A fault and the requests it strikes. What is null matches everything; <see cref="Resource"/>, <see cref="Name"/> and
/// <see cref="Namespace"/> may end in <c>*</c>.
/// </summary>
public sealed record SandboxFault
{
    /// <summary>What goes wrong.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>A cluster's name.</summary>
    public string? Cluster { get; init; }

    /// <summary>get, list, watch, create, update, patch, delete, deletecollection. For other paths the HTTP method in small letters. At EKS it may be the operation's name.</summary>
    public string? Verb { get; init; }

    /// <summary>The API group; empty for the core group, <c>eks.amazonaws.com</c> for EKS.</summary>
    public string? Group { get; init; }

    /// <summary>The plural; or plural and subresource, such as <c>pods/eviction</c>.</summary>
    public string? Resource { get; init; }

    /// <summary>A namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>An object's name. For a create it is the name in the body.</summary>
    public string? Name { get; init; }

    /// <summary>Whether only dry runs are struck (true), as by a webhook that refuses them, or only what is no dry run (false).</summary>
    public bool? DryRun { get; init; }

    /// <summary>Only what changes the cluster: creates, updates, patches and deletes that are no dry runs, no questions about rights and nothing of a Lease.</summary>
    public bool OnlyChanges { get; init; }

    /// <summary>How a path begins, such as <c>/openapi</c>.</summary>
    public string? PathPrefix { get; init; }

    /// <summary>How many matching requests pass unharmed before the first one is struck.</summary>
    public int Skip { get; init; }

    /// <summary>How many are struck; null for all.</summary>
    public int? Count { get; init; } = 1;

    /// <summary>For TooManyRequests: the seconds in Retry-After; 0 leaves the header out.</summary>
    public int RetryAfterSeconds { get; init; } = 1;

    /// <summary>The status code; by default 500 for ServerError and 403 for Refuse.</summary>
    public int? StatusCode { get; init; }

    /// <summary>For Reset: the bytes of the body that still arrive; null tears before the headers.</summary>
    public long? AfterBytes { get; init; }

    /// <summary>For Slow: how late the answer is.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For CutWatch: the events that still arrive.</summary>
    public int AfterEvents { get; init; }

    /// <summary>For CutWatch: tear the connection down, where else the stream ends as at its timeout.</summary>
    public bool Abrupt { get; init; }

    /// <summary>For Refuse and ServerError: the message of the Status.</summary>
    public string? Message { get; init; }

    /// <summary>For Refuse and ServerError: the reason of the Status, such as Forbidden or Invalid.</summary>
    public string? Reason { get; init; }
}
