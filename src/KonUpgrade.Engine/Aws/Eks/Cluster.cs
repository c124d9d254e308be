namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>A cluster, as DescribeCluster tells it. Enumerations are texts: a service may have values that are not known here.</summary>
public sealed record Cluster
{
    /// <summary>The name, unique in region and account.</summary>
    public string Name { get; init; } = "";

    /// <summary>The ARN.</summary>
    public string? Arn { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The minor version of Kubernetes: <c>1.33</c>.</summary>
    public string? Version { get; init; }

    /// <summary>The API server's URL; absent while the cluster is made.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The role of the control plane.</summary>
    public string? RoleArn { get; init; }

    /// <summary>Where it is in the network.</summary>
    public VpcConfigResponse? ResourcesVpcConfig { get; init; }

    /// <summary>Its identity provider.</summary>
    public Identity? Identity { get; init; }

    /// <summary>The status: see <see cref="ClusterStatus"/>.</summary>
    public string? Status { get; init; }

    /// <summary>Whose certificates the API server shows.</summary>
    public Certificate? CertificateAuthority { get; init; }

    /// <summary>The version of the platform: <c>eks.9</c>.</summary>
    public string? PlatformVersion { get; init; }

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The id of a cluster on an Outpost; absent for others.</summary>
    public string? Id { get; init; }

    /// <summary>What is wrong with it.</summary>
    public Health? Health { get; init; }

    /// <summary>How logins are known.</summary>
    public AccessConfigResponse? AccessConfig { get; init; }

    /// <summary>How long its version is supported.</summary>
    public UpgradePolicyResponse? UpgradePolicy { get; init; }

    /// <summary>Whether it may not be deleted.</summary>
    public bool? DeletionProtection { get; init; }
}

/// <summary>Statuses of a cluster that are known.</summary>
public static class ClusterStatus
{
    /// <summary>It is being made.</summary>
    public const string Creating = "CREATING";

    /// <summary>It serves.</summary>
    public const string Active = "ACTIVE";

    /// <summary>It is being deleted.</summary>
    public const string Deleting = "DELETING";

    /// <summary>It could not be made.</summary>
    public const string Failed = "FAILED";

    /// <summary>It serves, and is being changed.</summary>
    public const string Updating = "UPDATING";

    /// <summary>It waits to be connected or made.</summary>
    public const string Pending = "PENDING";
}

/// <summary>The network of a cluster.</summary>
public sealed record VpcConfigResponse
{
    /// <summary>The subnets of the control plane.</summary>
    public IReadOnlyList<string> SubnetIds { get; init; } = [];

    /// <summary>Further security groups.</summary>
    public IReadOnlyList<string> SecurityGroupIds { get; init; } = [];

    /// <summary>The security group that the service made.</summary>
    public string? ClusterSecurityGroupId { get; init; }

    /// <summary>The VPC.</summary>
    public string? VpcId { get; init; }

    /// <summary>Whether the endpoint is reached from everywhere.</summary>
    public bool? EndpointPublicAccess { get; init; }

    /// <summary>Whether the endpoint is reached from the VPC.</summary>
    public bool? EndpointPrivateAccess { get; init; }
}

/// <summary>A cluster's identity provider.</summary>
public sealed record Identity
{
    /// <summary>OpenID Connect, for roles of service accounts.</summary>
    public Oidc? Oidc { get; init; }
}

/// <summary>A provider of OpenID Connect.</summary>
public sealed record Oidc
{
    /// <summary>The issuer's URL.</summary>
    public string? Issuer { get; init; }
}

/// <summary>A certificate authority.</summary>
public sealed record Certificate
{
    /// <summary>PEM in base64.</summary>
    public string? Data { get; init; }
}

/// <summary>How logins are known.</summary>
public sealed record AccessConfigResponse
{
    /// <summary><c>API</c>, <c>API_AND_CONFIG_MAP</c> or <c>CONFIG_MAP</c>.</summary>
    public string? AuthenticationMode { get; init; }
}

/// <summary>How long a version is supported.</summary>
public sealed record UpgradePolicyResponse
{
    /// <summary><c>STANDARD</c> or <c>EXTENDED</c>.</summary>
    public string? SupportType { get; init; }
}

/// <summary>What is wrong with a cluster or a node group.</summary>
public sealed record Health
{
    /// <summary>One entry a trouble.</summary>
    public IReadOnlyList<Issue> Issues { get; init; } = [];
}

/// <summary>A trouble that the service tells of.</summary>
public sealed record Issue
{
    /// <summary>The code: <c>NodeCreationFailure</c>.</summary>
    public string? Code { get; init; }

    /// <summary>The service's words.</summary>
    public string? Message { get; init; }

    /// <summary>What it is about: instances, subnets, groups.</summary>
    public IReadOnlyList<string> ResourceIds { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Code ?? "Unknown"}{(ResourceIds.Count > 0 ? $" ({string.Join(", ", ResourceIds)})" : "")}: {Message}";
}
