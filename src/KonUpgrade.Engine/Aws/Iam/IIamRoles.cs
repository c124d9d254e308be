namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>Looks up IAM roles.</summary>
public interface IIamRoles
{
    /// <summary>A role by its name, or null where the account has none of that name (GetRole).</summary>
    /// <exception cref="KonUpgrade.Model.UpgradeException">The role's being there could not be found out: no credentials, no right, no way to the service.</exception>
    Task<IamRole?> GetRoleAsync(string roleName, CancellationToken cancellationToken);
}

/// <summary>A role, as GetRole tells it.</summary>
/// <param name="RoleName">The name.</param>
/// <param name="Arn">The ARN.</param>
public sealed record IamRole(string RoleName, string Arn);
