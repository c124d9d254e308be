namespace KonUpgrade.Model;

/// <summary>A field that differs between two objects.</summary>
public sealed record FieldDifference
{
    /// <summary>The field's path, such as <c>spec.template.spec.containers[name=web].image</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The value that is wanted, or of the reference, as JSON; null where the field is not there, or is kept secret.</summary>
    public string? Reference { get; init; }

    /// <summary>The value that is found, or of the other side, as JSON; null where the field is not there, or is kept secret.</summary>
    public string? Difference { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Path;
}
