using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Planning;

/// <summary>What is to be imported, in which order, and what is final before anything is written.</summary>
internal sealed record ImportPlan
{
    /// <summary>The objects to be written, in the order of their arrival.</summary>
    public required IReadOnlyList<ImportItem> Items { get; init; }

    /// <summary>Objects that are left alone, with the reason.</summary>
    public required IReadOnlyList<(ImportItem Item, string Reason)> Skipped { get; init; }

    /// <summary>Objects that can't be read, or that are there twice.</summary>
    public required IReadOnlyList<(ImportItem Item, Failure Failure)> Failed { get; init; }

    /// <summary>What every object of the import is written down in.</summary>
    public required ImportLedger Ledger { get; init; }

    /// <summary>What the target serves.</summary>
    public required TargetServices Services { get; init; }

    /// <summary>Which objects are meant.</summary>
    public required ImportSelection Selection { get; init; }

    /// <summary>The system.</summary>
    public required SystemDescription System { get; init; }

    /// <summary>What becomes of claims and volumes.</summary>
    public required ImportVolumes Volumes { get; init; }

    /// <summary>The system's code, or null.</summary>
    public IImportHook? Hook { get; init; }

    /// <summary>In numbers.</summary>
    public required ImportPlanSummary Summary { get; init; }
}
