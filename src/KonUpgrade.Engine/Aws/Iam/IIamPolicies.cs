namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>What roles may do: reads their policies.</summary>
public interface IIamPolicies
{
    /// <summary>The managed policies of a role (ListAttachedRolePolicies).</summary>
    /// <exception cref="KonUpgrade.Model.UpgradeException">IamEntityNotFound where there is no such role; no credentials, no right, no way to the service.</exception>
    Task<IReadOnlyList<AttachedPolicy>> ListAttachedRolePoliciesAsync(string roleName, CancellationToken cancellationToken);

    /// <summary>The names of the policies that are a role's own, inline (ListRolePolicies).</summary>
    /// <exception cref="KonUpgrade.Model.UpgradeException">IamEntityNotFound where there is no such role; no credentials, no right, no way to the service.</exception>
    Task<IReadOnlyList<string>> ListRolePoliciesAsync(string roleName, CancellationToken cancellationToken);

    /// <summary>The document of an inline policy, decoded; null where there is none of that name (GetRolePolicy).</summary>
    Task<string?> GetRolePolicyAsync(string roleName, string policyName, CancellationToken cancellationToken);

    /// <summary>A managed policy by its ARN; null where there is none (GetPolicy).</summary>
    Task<ManagedPolicy?> GetPolicyAsync(string policyArn, CancellationToken cancellationToken);

    /// <summary>The document of a version of a managed policy, decoded; null where there is none (GetPolicyVersion).</summary>
    Task<string?> GetPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken);
}

/// <summary>A managed policy that a role has.</summary>
/// <param name="PolicyName">The name.</param>
/// <param name="PolicyArn">The ARN.</param>
public sealed record AttachedPolicy(string PolicyName, string PolicyArn);

/// <summary>A managed policy.</summary>
/// <param name="PolicyName">The name.</param>
/// <param name="Arn">The ARN.</param>
/// <param name="DefaultVersionId">The version that counts: v1.</param>
public sealed record ManagedPolicy(string PolicyName, string Arn, string DefaultVersionId);
