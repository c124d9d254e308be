namespace KonUpgrade.Model;

/// <summary>What an import does with an object that the target has already.</summary>
public enum ExistingObject
{
    /// <summary>Leaves it as it is and names the fields that differ.</summary>
    Skip,

    /// <summary>Changes it by server-side apply.</summary>
    Apply,

    /// <summary>Counts it as failed when it differs.</summary>
    Fail,
}
