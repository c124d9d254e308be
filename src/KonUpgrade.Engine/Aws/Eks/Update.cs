namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>A change of a cluster, a node group or an add-on that the service carries out.</summary>
public sealed record Update
{
    /// <summary>The id.</summary>
    public string Id { get; init; } = "";

    /// <summary>The status: see <see cref="UpdateStatus"/>.</summary>
    public string? Status { get; init; }

    /// <summary>What is changed: <c>VersionUpdate</c>, <c>ConfigUpdate</c>.</summary>
    public string? Type { get; init; }

    /// <summary>What it was asked for.</summary>
    public IReadOnlyList<UpdateParam> Params { get; init; } = [];

    /// <summary>When it began.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Why it failed.</summary>
    public IReadOnlyList<ErrorDetail> Errors { get; init; } = [];
}

/// <summary>Statuses of an update that are known.</summary>
public static class UpdateStatus
{
    /// <summary>It goes on.</summary>
    public const string InProgress = "InProgress";

    /// <summary>It failed; the service has put back what it could.</summary>
    public const string Failed = "Failed";

    /// <summary>Somebody ended it.</summary>
    public const string Cancelled = "Cancelled";

    /// <summary>It is done.</summary>
    public const string Successful = "Successful";
}

/// <summary>A value that an update was asked for.</summary>
public sealed record UpdateParam
{
    /// <summary>Which: <c>Version</c>, <c>MaxSize</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The value.</summary>
    public string? Value { get; init; }
}

/// <summary>Why an update failed.</summary>
public sealed record ErrorDetail
{
    /// <summary>The code: <c>PodEvictionFailure</c>.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The service's words.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What it is about.</summary>
    public IReadOnlyList<string> ResourceIds { get; init; } = [];

    /// <summary>The same as an issue, which is what clusters and node groups have.</summary>
    public Issue ToIssue() => new() { Code = ErrorCode, Message = ErrorMessage, ResourceIds = ResourceIds };
}
