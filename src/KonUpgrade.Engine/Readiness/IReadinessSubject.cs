namespace KonUpgrade.Engine.Readiness;

/// <summary>What checks look at.</summary>
public interface IReadinessSubject
{
    /// <summary>How messages name the cluster.</summary>
    string Name { get; }

    /// <summary>The cluster's identity; null where it may not be read.</summary>
    string? Uid { get; }

    /// <summary>The namespaces that are meant; empty for all, and for what has none.</summary>
    IReadOnlyList<string> Namespaces { get; }
}
