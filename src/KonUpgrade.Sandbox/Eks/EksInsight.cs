namespace KonUpgrade.Sandbox.Eks;

/// <summary>What the service has found about a cluster. Nothing finds it here: whoever plays sets it.</summary>
/// <param name="Id">Its id.</param>
public sealed record EksInsight(string Id)
{
    /// <summary>What it is about.</summary>
    public string Name { get; init; } = "Deprecated APIs";

    /// <summary>UPGRADE_READINESS, MISCONFIGURATION or ROLLBACK_READINESS.</summary>
    public string Category { get; init; } = "UPGRADE_READINESS";

    /// <summary>The version of Kubernetes that it is about; null for the one after the cluster's.</summary>
    public string? KubernetesVersion { get; init; }

    /// <summary>PASSING, WARNING, ERROR or UNKNOWN.</summary>
    public string Status { get; init; } = "ERROR";

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "Requests were seen.";

    /// <summary>What the service advises.</summary>
    public string Recommendation { get; init; } = "Update the clients.";

    /// <summary>When it was looked at last; null for now.</summary>
    public DateTimeOffset? LastRefreshTime { get; init; }

    /// <summary>API versions that go.</summary>
    public IReadOnlyList<EksDeprecation> Deprecations { get; init; } = [];

    /// <summary>Paths of resources that are in a bad state.</summary>
    public IReadOnlyList<string> ResourceUris { get; init; } = [];
}

/// <summary>An API version that goes.</summary>
/// <param name="Usage">The path of the resource: <c>/apis/policy/v1beta1/podsecuritypolicies</c>.</param>
public sealed record EksDeprecation(string Usage)
{
    /// <summary>The path that comes in its place.</summary>
    public string? ReplacedWith { get; init; }

    /// <summary>The version of Kubernetes that no longer serves it.</summary>
    public string? StopServingVersion { get; init; }

    /// <summary>The first version that serves what comes in its place.</summary>
    public string? StartServingReplacementVersion { get; init; }

    /// <summary>Who asked for it.</summary>
    public IReadOnlyList<EksClientStat> Clients { get; init; } = [];
}

/// <summary>Who asked for an API version in the last 30 days.</summary>
/// <param name="UserAgent">What the client calls itself.</param>
/// <param name="Requests">How often it asked.</param>
/// <param name="LastRequestTime">When it last asked.</param>
public sealed record EksClientStat(string UserAgent, int Requests, DateTimeOffset LastRequestTime);
