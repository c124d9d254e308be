namespace KonUpgrade.Model;

/// <summary>A volume of a cluster that a store outside it serves.</summary>
public sealed record StateVolume
{
    /// <summary>The name of the PersistentVolume.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace of the claim that it is bound to; null for none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name of the claim that it is bound to; null for none.</summary>
    public string? Claim { get; init; }

    /// <summary>The CSI driver, or the volume's own kind where there is none: <c>nfs</c>.</summary>
    public string? Driver { get; init; }

    /// <summary>What leads to the store, as the volume has it: <c>fs-0123::fsap-0456</c>.</summary>
    public required string VolumeHandle { get; init; }

    /// <summary>The access point of a file system, or null.</summary>
    public string? AccessPointId { get; init; }

    /// <summary>The path in a file system, or null for its root or what the access point says.</summary>
    public string? Path { get; init; }

    /// <summary>The volume's phase: <c>Bound</c>, <c>Released</c>.</summary>
    public string? Phase { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Claim is null ? Name : $"{Namespace}/{Claim}";
}
