namespace KonUpgrade.Model;

/// <summary>How a cluster comes to a new version.</summary>
public enum UpgradeWay
{
    /// <summary>The cluster itself is upgraded, one minor version after the other.</summary>
    InPlace,

    /// <summary>A second cluster of the new version takes over.</summary>
    BlueGreen,
}
