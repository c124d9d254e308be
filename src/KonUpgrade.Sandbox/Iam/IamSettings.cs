namespace KonUpgrade.Sandbox.Iam;

/// <summary>The simulated IAM of the account.</summary>
public sealed record IamSettings
{
    /// <summary>Roles that are there beside those of the clusters, of AWS Backup and of <see cref="Eks.EksSettings.Roles"/>.</summary>
    public IReadOnlyList<IamRole> Roles { get; init; } = [];

    /// <summary>Each cluster's issuer has an identity provider from the beginning, as <c>eksctl utils associate-iam-oidc-provider</c> makes it.</summary>
    public bool HasIdentityProviders { get; init; } = true;

    /// <summary>How many characters a trust policy may have; blanks are not counted.</summary>
    public int TrustPolicyQuota { get; init; } = 2048;

    /// <summary>How many things are listed at once, at most.</summary>
    public int MostInAPage { get; init; } = 100;
}
