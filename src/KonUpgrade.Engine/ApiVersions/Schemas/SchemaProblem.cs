namespace KonUpgrade.Engine.ApiVersions.Schemas;

/// <summary>What an API server would refuse of an object.</summary>
/// <param name="Path">The field: <c>spec.ports[0].name</c>; empty for the object itself.</param>
/// <param name="Message">What is wrong with it, without the value that it has.</param>
public sealed record SchemaProblem(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
