namespace KonUpgrade.Model;

/// <summary>What a restore does with an object that is there and differs.</summary>
public enum VeleroExisting
{
    /// <summary>Leaves it as it is, with a warning.</summary>
    None,

    /// <summary>Patches it to what the backup has.</summary>
    Update,
}
