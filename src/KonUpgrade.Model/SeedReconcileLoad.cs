namespace KonUpgrade.Model;

/// <summary>
/// How far the user clusters of a seed have come with a version of Kubermatic. Each is done, in progress, waiting or
/// excluded; of those that are not excluded, some may be failing besides.
/// </summary>
public sealed record SeedReconcileLoad
{
    /// <summary>The name of the Seed.</summary>
    public required string Seed { get; init; }

    /// <summary>Where the Seed stands, in Kubermatic's own word: <c>Healthy</c>, <c>Unhealthy</c>, <c>Invalid</c>, <c>Terminating</c>, <c>Paused</c>.</summary>
    public string? Phase { get; init; }

    /// <summary>The version of Kubermatic that the operator has brought there.</summary>
    public string? Version { get; init; }

    /// <summary>Whether the operator leaves the seed alone (the annotation <c>kubermatic.k8c.io/skip-reconciling</c>): neither a version nor a limit gets there.</summary>
    public bool IsLeftAlone { get; init; }

    /// <summary>How many clusters it may work on at the same time.</summary>
    public int Limit { get; init; }

    /// <summary>How many clusters it has.</summary>
    public int Total => Done + InProgress + Waiting + Excluded;

    /// <summary>How many are wholly reconciled by the target version.</summary>
    public int Done { get; init; }

    /// <summary>How many have workloads that are not as they are to be.</summary>
    public int InProgress { get; init; }

    /// <summary>How many run as they are to, and have not been reconciled by the target version: they wait for a slot, or for one of the controllers.</summary>
    public int Waiting { get; init; }

    /// <summary>How many are left out: paused, being deleted, or a developer's own (the label worker-name).</summary>
    public int Excluded { get; init; }

    /// <summary>How many clusters are in progress or wait.</summary>
    public int RemainingLoad => InProgress + Waiting;

    /// <summary>How many slots are taken: clusters that are not up to date, also those that are excluded.</summary>
    public int OccupiedSlots { get; init; }

    /// <summary>How many of those that are not excluded fail: too long in progress, with an error, or without API server or etcd.</summary>
    public int Failing => FailingClusters.Count;

    /// <summary>The clusters that fail.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> FailingClusters { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The clusters that occupy a slot for ever: paused, or a developer's own, and not up to date.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> BlockingClusters { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>Whether the seed stands still: as many clusters occupy a slot for ever as there are slots.</summary>
    public bool IsStopped => BlockingClusters.Count > 0 && BlockingClusters.Count >= Limit;

    /// <summary>The limit that the seed's controller was started with, as its Deployment has it; null where that can't be told.</summary>
    public int? ControllerLimit { get; init; }

    /// <summary>Whether all of the controller's Pods run as its Deployment has them; null where that can't be told.</summary>
    public bool? IsRolledOut { get; init; }

    /// <summary>Why the seed could not be read; null where it could. Its numbers say nothing then.</summary>
    public Failure? Failure { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Failure is { } failure ? $"{Seed}: {failure.Id}" : $"{Seed}: {RemainingLoad} of {Total} remain";
}
