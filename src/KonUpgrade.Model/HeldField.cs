namespace KonUpgrade.Model;

/// <summary>A field that holds a workload back, or that was given back.</summary>
public sealed record HeldField
{
    /// <summary>The field's path, such as <c>spec.suspend</c> or <c>spec.targets[production].deployMode</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The value before, as JSON; null where the field was not there.</summary>
    public string? Before { get; init; }

    /// <summary>The value after, as JSON; null where the field is not there.</summary>
    public string? After { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Before ?? "(none)"} → {After ?? "(none)"}";
}
