namespace KonUpgrade.Engine.Manifests;

/// <summary>Who owns fields of an object, as its managedFields have it.</summary>
/// <param name="Manager">The field manager's name.</param>
/// <param name="Operation"><c>Apply</c> or <c>Update</c>.</param>
public sealed record FieldOwner(string Manager, string Operation)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Manager} ({Operation})";
}
