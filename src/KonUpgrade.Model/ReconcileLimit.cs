namespace KonUpgrade.Model;

/// <summary>
/// How many user clusters each seed of a Kubermatic works on at the same time, and how much of that work remains. The limit
/// holds for each seed by itself (<c>spec.seedController.maximumParallelReconciles</c> of the KubermaticConfiguration).
/// </summary>
public sealed record ReconcileLimit
{
    /// <summary>What holds where the configuration names none, or 0.</summary>
    public const int Default = 10;

    /// <summary>The context of the master.</summary>
    public string? Context { get; init; }

    /// <summary>The identity of the master: the UID of its kube-system namespace; null where that may not be read.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>The namespace of the KubermaticConfiguration.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name of the KubermaticConfiguration.</summary>
    public required string Name { get; init; }

    /// <summary>The UID of the KubermaticConfiguration.</summary>
    public string? Uid { get; init; }

    /// <summary>The limit that holds: what is configured, or 10 where that is nothing or 0.</summary>
    public int Limit => Effective(Configured);

    /// <summary>The limit as it is written in the configuration; null where it is not there.</summary>
    public int? Configured { get; init; }

    /// <summary>Whether the limit was set by KonUpgrade, and what it was before is kept.</summary>
    public bool IsKept { get; init; }

    /// <summary>The limit that held before; null where nothing is kept.</summary>
    public int? Before => IsKept ? Effective(ConfiguredBefore) : null;

    /// <summary>The limit as it was written before; null where it was not there, and where nothing is kept.</summary>
    public int? ConfiguredBefore { get; init; }

    /// <summary>Whether KonUpgrade has lowered it, and nobody has put it back.</summary>
    public bool IsLowered => IsKept && Limit < Before;

    /// <summary>The version of Kubermatic that clusters are to be reconciled by: <c>v2.31.0</c>; null where the operator has not said it yet.</summary>
    public string? TargetVersion { get; init; }

    /// <summary>The edition: <c>Community Edition</c>; null where the operator has not said it yet.</summary>
    public string? Edition { get; init; }

    /// <summary>Who owns the limit's field, by the names of field managers; empty where nobody does.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Managers { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The seeds, each with its load.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<SeedReconcileLoad> Seeds { get; init => field = value.ToArray(); } = Array.Empty<SeedReconcileLoad>();

    /// <summary>How many clusters of all seeds that could be read are in progress or wait.</summary>
    public int RemainingLoad => Seeds.Sum(seed => seed.RemainingLoad);

    /// <summary>Whether every seed could be read.</summary>
    public bool Complete => Seeds.All(seed => seed.Failure is null);

    /// <summary>Whether it is known that nothing remains: every seed could be read, and none has a cluster in progress or waiting.</summary>
    public bool IsSettled => Complete && RemainingLoad == 0;

    /// <summary>What was done; None where it was only looked at.</summary>
    public ReconcileLimitAction Action { get; init; }

    /// <summary>What else is worth knowing of what was done, or why nothing was.</summary>
    public string? Reason { get; init; }

    /// <summary>The managed cluster that is the master, with its login; it does not go along through jobs, sessions or files.</summary>
    internal ManagedCluster? Managed { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}/{Name}";

    /// <summary>The limit that holds for what is written.</summary>
    /// <param name="configured">What is written; null for nothing.</param>
    internal static int Effective(int? configured) => configured is null or 0 ? Default : configured.Value;
}

/// <summary>What became of a limit.</summary>
public enum ReconcileLimitAction
{
    /// <summary>It was only looked at.</summary>
    None,

    /// <summary>It is smaller than it was.</summary>
    Lowered,

    /// <summary>It is greater than it was.</summary>
    Raised,

    /// <summary>It is as it was before KonUpgrade first changed it.</summary>
    Reset,

    /// <summary>Somebody else has set it since; it was left so, and nothing is kept any more.</summary>
    Left,

    /// <summary>It was as it was to be.</summary>
    Unchanged,
}
