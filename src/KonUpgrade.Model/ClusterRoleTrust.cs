namespace KonUpgrade.Model;

/// <summary>What became of the trust that an IAM role has in a cluster's ServiceAccounts; with -WhatIf, what would.</summary>
public sealed record ClusterRoleTrust
{
    /// <summary>The cluster's context.</summary>
    public string? Context { get; init; }

    /// <summary>The identity of the cluster: the UID of its kube-system namespace.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>The role's name.</summary>
    public required string RoleName { get; init; }

    /// <summary>The role's ARN, as the ServiceAccounts name it.</summary>
    public required string RoleArn { get; init; }

    /// <summary>The ARN of the identity provider that stands for the cluster's issuer in IAM; null where it is not known.</summary>
    public string? ProviderArn { get; init; }

    /// <summary>What was done.</summary>
    public required RoleTrustAction Action { get; init; }

    /// <summary>The ServiceAccounts that name the role, as namespace/name.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> ServiceAccounts { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The subjects that were added or taken back, or would be: <c>system:serviceaccount:shop:web</c>.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Subjects { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The trust policy before; null where it could not be read.</summary>
    public string? PolicyBefore { get; init; }

    /// <summary>The trust policy after, or as it would be; null where nothing is changed.</summary>
    public string? PolicyAfter { get; init; }

    /// <summary>
    /// What differs between the two, line by line: <c>+ </c> for what is added, <c>- </c> for what goes, two blanks for what
    /// stands around it; empty where nothing is changed.
    /// </summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Difference { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>What went wrong, when <see cref="Action"/> is Failed.</summary>
    public Failure? Failure { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{RoleName}: {Action}";
}

/// <summary>What became of a role's trust.</summary>
public enum RoleTrustAction
{
    /// <summary>It trusts all of the ServiceAccounts that name it, some of them since now.</summary>
    Granted,

    /// <summary>What was added for the cluster is taken back.</summary>
    Revoked,

    /// <summary>It was as it was to be.</summary>
    Unchanged,

    /// <summary>It would be changed.</summary>
    Planned,

    /// <summary>It was not changed.</summary>
    Failed,
}
