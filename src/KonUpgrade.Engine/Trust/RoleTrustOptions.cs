namespace KonUpgrade.Engine.Trust;

/// <summary>Which ServiceAccounts of a cluster are meant.</summary>
public sealed record RoleTrustOptions
{
    /// <summary>Their namespaces; empty for all.</summary>
    public IReadOnlyList<string> Namespace { get; init; } = [];

    /// <summary>The issuer of the cluster's tokens, where it is not to be asked; a URL.</summary>
    public Uri? Issuer { get; init; }
}
