namespace KonUpgrade.Model;

/// <summary>How much a step can hurt what serves.</summary>
public enum UpgradeRisk
{
    /// <summary>It changes no cluster.</summary>
    None,

    /// <summary>It changes green only, where nothing serves yet, and nothing that is changed acts.</summary>
    Low,

    /// <summary>What it changes begins or stops to work, and can be given back at once.</summary>
    Medium,

    /// <summary>Users would feel it if it went wrong.</summary>
    High,
}
