namespace KonUpgrade.Model;

/// <summary>What becomes of an upgrade when a step fails.</summary>
public enum UpgradeFailureAction
{
    /// <summary>It stops where it is: it can be resumed or taken back.</summary>
    Stop,

    /// <summary>It is taken back at once.</summary>
    Undo,
}
