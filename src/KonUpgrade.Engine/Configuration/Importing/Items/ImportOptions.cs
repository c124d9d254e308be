using KonUpgrade.Engine.Configuration.Keeping;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Items;

/// <summary>How an import goes.</summary>
public sealed record ImportOptions
{
    /// <summary>What becomes of objects that the target has already.</summary>
    public ExistingObject Existing { get; init; }

    /// <summary>The upgrade that imports, by its name: what it creates and holds says so. Null for a command by itself.</summary>
    public string? Upgrade { get; init; }

    /// <summary>Where objects are kept as they are before they are changed, but for those that hold secrets; null for nowhere.</summary>
    public ObjectImages? Images { get; init; }

    /// <summary>
    /// Whether objects that are there are changed only where the upgrade has made them, and then in the name of those who
    /// own them on the source. What somebody else put there stays as it is.
    /// </summary>
    public bool OnlyMade { get; init; }

    /// <summary>Whether an existing CustomResourceDefinition may be changed as <see cref="Existing"/> says. Otherwise it never is.</summary>
    public bool IncludeCrd { get; init; }

    /// <summary>Whether fields that other managers own are taken from them. Otherwise they are a conflict.</summary>
    public bool ForceConflict { get; init; }

    /// <summary>Whether an export that is not complete is imported all the same.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>Whether files that were altered since the export, or are missing, are put up with.</summary>
    public bool AllowModified { get; init; }

    /// <summary>Opens the cluster that the export is of, for what must know whether it still works; null where nothing leads to it.</summary>
    public ImportHookSource? Source { get; init; }

    /// <summary>Whether nothing is written: the server says what it would do.</summary>
    public bool DryRun { get; init; }

    /// <summary>Which workloads arrive held. Those that are on the target already stay as they are, held or not.</summary>
    public WorkloadClass Hold { get; init; } = WorkloadClass.Scheduled;

    /// <summary>What becomes of claims and volumes.</summary>
    public VolumeHandling Volume { get; init; }

    /// <summary>Kinds that may act on the world outside the cluster; <c>*</c> for all. Others that do are left out or held.</summary>
    public IReadOnlyList<string> AllowOutward { get; init; } = [];

    /// <summary>How many objects are written at once: enough to keep a server busy while answers are on their way, and well below what it takes from one client (429 is obeyed).</summary>
    public int ThrottleLimit { get; init; } = 24;

    /// <summary>What of the export is imported. Objects outside it are not mentioned.</summary>
    public ClusterConfigSelection Selection { get; init; } = new();

    /// <summary>Whether it is as expected that the export has nothing of that. Otherwise it is warned of.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>
    /// How long one thing that others need is waited for: a CustomResourceDefinition to be established, a webhook's
    /// back end to be ready, a namespace of the same name to be gone.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
