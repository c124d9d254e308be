namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>What is to become of a limit.</summary>
public sealed record ReconcileLimitChange
{
    /// <summary>The limit that is to hold, at least 1; null to put back what was before.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether one that is lower already is left as it is.</summary>
    public bool LeaveLower { get; init; }

    /// <summary>Whether it is put back also while load remains.</summary>
    public bool Force { get; init; }

    /// <summary>Whether the field is taken from managers that apply it, and will write it again.</summary>
    public bool ForceConflict { get; init; }

    /// <summary>The UID that the KubermaticConfiguration must have; null for whichever there is.</summary>
    public string? Uid { get; init; }
}
