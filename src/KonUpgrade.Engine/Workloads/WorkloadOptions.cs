using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>Which workloads are suspended or resumed, and how.</summary>
public sealed record WorkloadOptions
{
    /// <summary>Whether they are resumed. Otherwise they are suspended.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether workloads are resumed, too, whose data is not there, and those that are held since they act on the world outside.</summary>
    public bool Force { get; init; }

    /// <summary>The upgrade that suspends them, or whose holds alone are given back; null for a command by itself.</summary>
    public string? Upgrade { get; init; }

    /// <summary>Whether only those are suspended that the upgrade has made.</summary>
    public bool OnlyMade { get; init; }

    /// <summary>By what workloads are held, a kind each.</summary>
    public required IReadOnlyList<HoldMeans> Means { get; init; }

    /// <summary>The classes that are meant.</summary>
    public WorkloadClass Classes { get; init; } = WorkloadClass.All;

    /// <summary>Kinds, namespaces, groups and labels.</summary>
    public ClusterConfigSelection Selection { get; init; } = new();

    /// <summary>Names that are meant; null for any.</summary>
    public Func<string, bool>? IsNamed { get; init; }

    /// <summary>Single workloads; null for all that the rest describes.</summary>
    public IReadOnlyList<WorkloadName>? Objects { get; init; }

    /// <summary>Namespaces that are left alone unless they are named: those of the cluster itself.</summary>
    public Func<string, bool> IsProtected { get; init; } = static _ => false;

    /// <summary>Whether objects of a kind, by group and kind, may hold what only some may see: what servers say of them is not shown.</summary>
    public Func<string, string, bool> IsSensitive { get; init; } = static (_, _) => false;

    /// <summary>How many are changed at once.</summary>
    public int ThrottleLimit { get; init; } = 16;
}

/// <summary>One workload by its name.</summary>
/// <param name="Group">The API group; null where it is not known, and the kind means any.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">The namespace, or null.</param>
/// <param name="Name">The name.</param>
public readonly record struct WorkloadName(string? Group, string Kind, string? Namespace, string Name)
{
    /// <summary>The group and version as who named it knew them; null where they are not known.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The UID that it must have to be the one that is meant; null for whichever has the name.</summary>
    public string? Uid { get; init; }
}

/// <summary>What is about to be done with workloads, in numbers.</summary>
/// <param name="CountByKind">How many would be changed, by kind.</param>
/// <param name="UnchangedCount">How many are as they are to be, or are left alone.</param>
/// <param name="FailedCount">How many can't be changed.</param>
public sealed record WorkloadSummary(IReadOnlyList<KeyValuePair<string, int>> CountByKind, int UnchangedCount, int FailedCount)
{
    /// <summary>How many would be changed.</summary>
    public int ChangeCount => CountByKind.Sum(k => k.Value);
}
