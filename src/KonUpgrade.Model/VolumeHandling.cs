namespace KonUpgrade.Model;

/// <summary>What an import does with PersistentVolumeClaims and PersistentVolumes.</summary>
public enum VolumeHandling
{
    /// <summary>They are left to the tool that moves the data.</summary>
    Skip,

    /// <summary>Claims arrive without their volumes, and the target makes new, empty ones.</summary>
    Reprovision,

    /// <summary>Volumes that both clusters can reach arrive as they are, and claims arrive bound to them.</summary>
    Static,
}
