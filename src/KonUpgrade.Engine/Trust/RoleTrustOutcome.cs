using System.Globalization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Trust;

/// <summary>How the trust of several roles came out together.</summary>
public static class RoleTrustOutcome
{
    /// <summary>That some failed; null where none did.</summary>
    /// <param name="context">The cluster's context.</param>
    /// <param name="roles">What became of each.</param>
    /// <param name="revokes">Whether trust was taken back.</param>
    public static Failure? Incomplete(string context, IReadOnlyList<ClusterRoleTrust> roles, bool revokes)
    {
        ArgumentNullException.ThrowIfNull(roles);
        var failed = roles.Where(static role => role.Action == RoleTrustAction.Failed).ToList();
        return failed.Count == 0 ? null : new Failure
        {
            Id = "RoleTrustIncomplete",
            Kind = FailureKind.Incomplete,
            Message = string.Create(
                CultureInfo.InvariantCulture,
                $"{failed.Count} of {roles.Count} role{(roles.Count == 1 ? "" : "s")} that ServiceAccounts of {context} name {(revokes ? "could not be looked at, or still trust them" : "do not trust all of them")}. First: {failed[0].Failure?.Message}"),
            Recommendation = $"{failed[0].Failure?.Recommendation} Each role has its Failure. Run the same command again: what is done is not done twice.".TrimStart(),
            Target = context,
        };
    }
}
