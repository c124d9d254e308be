namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>What the service has found about a cluster: one thing that it looks at.</summary>
public record InsightSummary
{
    /// <summary>The id.</summary>
    public string Id { get; init; } = "";

    /// <summary>What it is about, in the service's words.</summary>
    public string? Name { get; init; }

    /// <summary>The category: see <see cref="InsightCategory"/>.</summary>
    public string? Category { get; init; }

    /// <summary>The version of Kubernetes that it is about: <c>1.34</c>.</summary>
    public string? KubernetesVersion { get; init; }

    /// <summary>When it was looked at last.</summary>
    public DateTimeOffset? LastRefreshTime { get; init; }

    /// <summary>When its status last changed.</summary>
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>What is looked at.</summary>
    public string? Description { get; init; }

    /// <summary>How it stands.</summary>
    public InsightStatus? InsightStatus { get; init; }
}

/// <summary>An insight with its details.</summary>
public sealed record Insight : InsightSummary
{
    /// <summary>What the service advises.</summary>
    public string? Recommendation { get; init; }

    /// <summary>What it is about on the cluster.</summary>
    public IReadOnlyList<InsightResourceDetail> Resources { get; init; } = [];

    /// <summary>What the category has to say.</summary>
    public InsightCategorySpecificSummary? CategorySpecificSummary { get; init; }
}

/// <summary>Categories of insights that are known.</summary>
public static class InsightCategory
{
    /// <summary>What stands in the way of an upgrade.</summary>
    public const string UpgradeReadiness = "UPGRADE_READINESS";

    /// <summary>What is set up in a way that gives trouble.</summary>
    public const string Misconfiguration = "MISCONFIGURATION";

    /// <summary>What stands in the way of going back.</summary>
    public const string RollbackReadiness = "ROLLBACK_READINESS";
}

/// <summary>How an insight, or one thing of it, stands.</summary>
public sealed record InsightStatus
{
    /// <summary>PASSING, WARNING, ERROR or UNKNOWN.</summary>
    public string? Status { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether all is well.</summary>
    internal bool IsPassing => Status == "PASSING";
}

/// <summary>A thing that an insight is about.</summary>
public sealed record InsightResourceDetail
{
    /// <summary>How it stands.</summary>
    public InsightStatus? InsightStatus { get; init; }

    /// <summary>The path of a resource on the cluster.</summary>
    public string? KubernetesResourceUri { get; init; }

    /// <summary>The ARN of a thing of AWS.</summary>
    public string? Arn { get; init; }
}

/// <summary>What the category of an insight has to say.</summary>
public sealed record InsightCategorySpecificSummary
{
    /// <summary>API versions that go, and who uses them.</summary>
    public IReadOnlyList<DeprecationDetail> DeprecationDetails { get; init; } = [];

    /// <summary>Add-ons, and which of their versions fit.</summary>
    public IReadOnlyList<AddonCompatibilityDetail> AddonCompatibilityDetails { get; init; } = [];
}

/// <summary>An API version that goes, and who uses it.</summary>
public sealed record DeprecationDetail
{
    /// <summary>The path of the resource: <c>/apis/policy/v1beta1/podsecuritypolicies</c>.</summary>
    public string? Usage { get; init; }

    /// <summary>The path that comes in its place.</summary>
    public string? ReplacedWith { get; init; }

    /// <summary>The version of Kubernetes that no longer serves it.</summary>
    public string? StopServingVersion { get; init; }

    /// <summary>The first version of Kubernetes that serves what comes in its place.</summary>
    public string? StartServingReplacementVersion { get; init; }

    /// <summary>Who asked for it in the last 30 days.</summary>
    public IReadOnlyList<ClientStat> ClientStats { get; init; } = [];
}

/// <summary>A client that asked for an API version.</summary>
public sealed record ClientStat
{
    /// <summary>What it calls itself.</summary>
    public string? UserAgent { get; init; }

    /// <summary>How often it asked in the last 30 days.</summary>
    public long? NumberOfRequestsLast30Days { get; init; }

    /// <summary>When it last asked.</summary>
    public DateTimeOffset? LastRequestTime { get; init; }
}

/// <summary>An add-on, and which of its versions fit.</summary>
public sealed record AddonCompatibilityDetail
{
    /// <summary>The add-on.</summary>
    public string? Name { get; init; }

    /// <summary>The versions that fit.</summary>
    public IReadOnlyList<string> CompatibleVersions { get; init; } = [];
}
