using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Planning;

/// <summary>What an import is about to do, in numbers.</summary>
public sealed record ImportPlanSummary
{
    /// <summary>The target's context.</summary>
    public required string Target { get; init; }

    /// <summary>The target's identity: the UID of its kube-system namespace.</summary>
    public required string TargetUid { get; init; }

    /// <summary>The context of the cluster that everything comes from; null where it comes from none, or that is not known.</summary>
    public string? Source { get; init; }

    /// <summary>The export; null for plain manifests.</summary>
    public ClusterConfigExport? Export { get; init; }

    /// <summary>Whether every file is the one that was exported.</summary>
    public required bool Verified { get; init; }

    /// <summary>How many objects are looked at.</summary>
    public required int ObjectCount { get; init; }

    /// <summary>How many of them are left alone, whatever the target has.</summary>
    public required int SkippedCount { get; init; }

    /// <summary>How many of them can't be read.</summary>
    public required int FailedCount { get; init; }

    /// <summary>What to say where there is no export and not one manifest (NothingToImport); null where there is anything.</summary>
    public Failure? Nothing { get; init; }

    /// <summary>The objects that would be written, by kind, in the order of their arrival.</summary>
    public required IReadOnlyList<KeyValuePair<string, int>> CountByKind { get; init; }

    /// <summary>How many objects would be written.</summary>
    public int WriteCount => ObjectCount - SkippedCount - FailedCount;
}
