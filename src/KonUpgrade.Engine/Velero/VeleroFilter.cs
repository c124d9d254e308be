namespace KonUpgrade.Engine.Velero;

/// <summary>What of the backups and restores of a cluster is looked for.</summary>
public sealed record VeleroFilter
{
    /// <summary>The namespace of Velero's server.</summary>
    public string VeleroNamespace { get; init; } = "velero";

    /// <summary>Whether a name is meant; null for all.</summary>
    public Func<string, bool>? Name { get; init; }

    /// <summary>Whether warnings and errors are listed one by one.</summary>
    public bool IncludesIssues { get; init; }
}
