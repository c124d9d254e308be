namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>Which token is wanted: what the arguments of <c>aws eks get-token</c> or <c>aws-iam-authenticator token</c> say.</summary>
public sealed record EksTokenRequest
{
    /// <summary>The cluster's name, or its id on Outposts.</summary>
    public required string ClusterId { get; init; }

    /// <summary>Whether that is the cluster's name in EKS; an id on Outposts is none.</summary>
    public bool NamesCluster { get; init; } = true;

    /// <summary>The region whose STS signs, or null for what the environment and the profile say.</summary>
    public string? Region { get; init; }

    /// <summary>The profile that was asked for by argument, or null.</summary>
    public string? Profile { get; init; }

    /// <summary>A role to assume first, or null.</summary>
    public string? RoleArn { get; init; }

    /// <summary>The name of the role's session.</summary>
    public string RoleSessionName { get; init; } = "EKSGetTokenAuth";

    /// <summary>The external id that the role asks for, or null.</summary>
    public string? ExternalId { get; init; }
}
