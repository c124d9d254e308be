namespace KonUpgrade.Engine.ApiVersions.Schemas;

/// <summary>What became of a check.</summary>
/// <param name="Problems">What a server would refuse; empty where the object passes.</param>
/// <param name="NotChecked">What the schema demands and only a server can tell, a few words each.</param>
public sealed record SchemaVerdict(IReadOnlyList<SchemaProblem> Problems, IReadOnlyList<string> NotChecked);
