using Amazon.Runtime;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>Where IAM is and as whom it is asked.</summary>
public sealed record IamOptions
{
    /// <summary>The credentials, or null for those that the SDK finds.</summary>
    public AWSCredentials? Credentials { get; init; }

    /// <summary>The service's URL, or null for the one of the region's partition.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>A region of the partition that is meant: IAM itself is one service a partition.</summary>
    public string Region { get; init; } = "us-east-1";
}
