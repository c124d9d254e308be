namespace KonUpgrade.Model;

/// <summary>What a backup and a restore of Velero have in common: an object in a cluster that Velero's server works on.</summary>
public abstract record VeleroOperation
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace of Velero's server, in which the object lies.</summary>
    public string VeleroNamespace { get; init; } = "velero";

    /// <summary>The context of the cluster that it is in.</summary>
    public string? Context { get; init; }

    /// <summary>The identity of that cluster: the UID of its kube-system namespace; null where that may not be read.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>The object's UID; null where there is no object.</summary>
    public string? Uid { get; init; }

    /// <summary>Where it stands, in Velero's own word: <c>New</c>, <c>InProgress</c>, <c>Completed</c>. Later versions may have more words.</summary>
    public required string Phase { get; init; }

    /// <summary>Why it failed, in Velero's words.</summary>
    public string? FailureReason { get; init; }

    /// <summary>Why Velero did not take it, in its words.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> ValidationErrors { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>How many warnings there were.</summary>
    public int Warnings { get; init; }

    /// <summary>How many errors there were.</summary>
    public int Errors { get; init; }

    /// <summary>The warnings and errors one by one, as far as they were asked for and could be had.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<VeleroIssue> Issues { get; init => field = value.ToArray(); } = Array.Empty<VeleroIssue>();

    /// <summary>Why <see cref="Issues"/> does not hold all of them; null where it does, or they were not asked for.</summary>
    public string? IssuesMissing { get; init; }

    /// <summary>How many items there are, which may grow while it runs; null where that is not known yet.</summary>
    public int? TotalItems { get; init; }

    /// <summary>How many items are done.</summary>
    public int? ItemsDone { get; init; }

    /// <summary>How many operations of plugins (the transfer of a volume, say) were begun, are done, and failed.</summary>
    public VeleroCount ItemOperations { get; init; } = new();

    /// <summary>How many hooks were run, and failed.</summary>
    public VeleroCount Hooks { get; init; } = new();

    /// <summary>When the object was made.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>When Velero began with it.</summary>
    public DateTimeOffset? StartTimestamp { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletionTimestamp { get; init; }

    /// <summary>Whether it was found, and not made by the command that gave it.</summary>
    public bool IsExisting { get; init; }

    /// <summary>What went wrong; null where nothing did, or it still goes on.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Whether it has ended, however it did. A word that is not known is no end.</summary>
    public bool HasEnded => Phase is "Completed" or "PartiallyFailed" or "Failed" or "FailedValidation";

    /// <summary>Whether it is done wholly: completed, without an error, and with all of its items.</summary>
    public bool Complete => Phase == "Completed" && Errors == 0 && (TotalItems is null || ItemsDone is null || ItemsDone >= TotalItems);

    /// <summary>How much is done, from 0 to 100; null where that is not known.</summary>
    public double? PercentDone => TotalItems is > 0 and var all && ItemsDone is { } done ? Math.Round(100.0 * Math.Min(done, all) / all, 1) : null;

    /// <summary>The managed cluster that it is in, with its login; it does not go along through jobs, sessions or files.</summary>
    internal ManagedCluster? Managed { get; init; }

    /// <summary>The hash of what was asked for, which the object carries; null where it was made by others.</summary>
    internal string? RequestKey { get; init; }
}
