namespace KonUpgrade.Model;

/// <summary>Which of the two clusters of an upgrade is meant.</summary>
public enum UpgradeSide
{
    /// <summary>Neither, or both.</summary>
    None,

    /// <summary>The cluster that serves now; in place, the one that is upgraded.</summary>
    Blue,

    /// <summary>The cluster that is to serve.</summary>
    Green,
}
