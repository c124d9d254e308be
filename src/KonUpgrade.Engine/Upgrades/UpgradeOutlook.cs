using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades;

/// <summary>What the next run of an upgrade would do.</summary>
public sealed record UpgradeOutlook
{
    /// <summary>The upgrade as it stands.</summary>
    public required BlueGreenUpgrade Upgrade { get; init; }

    /// <summary>Its plan, the steps as they stand.</summary>
    public required UpgradePlan Plan { get; init; }

    /// <summary>Whether it would be taken back, or gone on with on its way back.</summary>
    public required bool GoesBack { get; init; }

    /// <summary>Whether what it created on green would be deleted: now asked for, or earlier.</summary>
    public required bool RemovesImported { get; init; }

    /// <summary>The steps that would be done or taken back, in the order in which they would be.</summary>
    public required IReadOnlyList<UpgradeStep> Steps { get; init; }

    /// <summary>On the way back, what would be left as it is, for people.</summary>
    public required IReadOnlyList<string> Left { get; init; }

    /// <summary>Whether it was taken back, and nothing is left of that.</summary>
    public bool IsTakenBack => GoesBack && Steps.Count == 0 && Upgrade.State == BlueGreenUpgradeState.Undone;
}
