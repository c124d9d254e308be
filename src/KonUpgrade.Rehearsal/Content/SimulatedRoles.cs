using KonUpgrade.Engine.Aws.Iam;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>IAM as it is once <c>kon</c> has made green's roles. The rehearsal asks no cloud.</summary>
internal sealed class SimulatedRoles : IIamRoles
{
    public Task<IamRole?> GetRoleAsync(string roleName, CancellationToken cancellationToken) =>
        Task.FromResult<IamRole?>(new IamRole(roleName, $"arn:aws:iam::{KonstellationCluster.Account}:role/{roleName}"));
}
