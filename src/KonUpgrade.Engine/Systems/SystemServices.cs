using KonUpgrade.Engine.Aws.Iam;

namespace KonUpgrade.Engine.Systems;

/// <summary>What the systems' code may use beside the clusters.</summary>
public sealed record SystemServices
{
    /// <summary>Looks up IAM roles, as the credentials that the AWS SDK finds; null where AWS may not be asked.</summary>
    public IIamRoles? Roles { get; init; } = new IamClient();
}
