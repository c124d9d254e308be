using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>Which cluster it is: the UID of its kube-system namespace.</summary>
/// <param name="Uid">The UID, or null where the login may not read it.</param>
/// <param name="Why">Why there is no UID; null where there is one.</param>
public sealed record ClusterIdentity(string? Uid, Failure? Why)
{
    /// <summary>Whether both are known and the same cluster.</summary>
    public bool IsSameAs(ClusterIdentity other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Uid is not null && Uid == other.Uid;
    }

    /// <summary>The UID; what is to be changed must be known by it.</summary>
    /// <param name="cluster">The cluster's name, for the message.</param>
    /// <exception cref="UpgradeException">IdentityUnknown.</exception>
    public string Require(string cluster) => Uid ?? throw new UpgradeException(new Failure
    {
        Id = "IdentityUnknown",
        Kind = FailureKind.Refused,
        Message = $"{cluster} can't be told from other clusters: {Why?.Message ?? "its kube-system namespace was not read"}. Nothing is changed there.",
        Recommendation = "Grant the login the right to get the namespace kube-system.",
        Target = cluster,
    });
}
