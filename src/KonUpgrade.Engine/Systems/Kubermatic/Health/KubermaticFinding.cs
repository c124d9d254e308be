using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>Findings about objects of Kubermatic, on a master or on one of its seeds.</summary>
internal static class KubermaticFinding
{
    /// <summary>One about an object of Kubermatic's own kinds.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="namespace">Its namespace, or null.</param>
    /// <param name="name">Its name.</param>
    /// <param name="seed">The seed that it is on; null for the master.</param>
    /// <param name="message">What is the matter with it.</param>
    /// <param name="severity">How much it weighs.</param>
    /// <param name="remedy">What to do about this one; null where the check says it for all.</param>
    /// <param name="since">Since when it is so, or null.</param>
    public static ReadinessFinding Of(
        string kind, string? @namespace, string name, string? seed, string message, ReadinessSeverity severity = ReadinessSeverity.Blocking, string? remedy = null, DateTimeOffset? since = null) => new()
        {
            Target = $"{kind} {(@namespace is null ? name : $"{@namespace}/{name}")}{(seed is null ? "" : $" on the seed {seed}")}",
            ApiVersion = $"{KubermaticRole.Group}/v1",
            Kind = kind,
            Namespace = @namespace,
            Name = name,
            Message = message,
            Severity = severity,
            Remedy = remedy,
            Since = since,
        };

    /// <summary>One about a Seed.</summary>
    public static ReadinessFinding Of(SeedReference seed, string message, ReadinessSeverity severity = ReadinessSeverity.Blocking, string? remedy = null, DateTimeOffset? since = null) =>
        Of("Seed", seed.Namespace, seed.Name, seed: null, message, severity, remedy, since);

    /// <summary>One about a user cluster.</summary>
    public static ReadinessFinding Of(SeedUserCluster found, string message, ReadinessSeverity severity = ReadinessSeverity.Blocking, string? remedy = null) =>
        Of("Cluster", @namespace: null, found.Cluster.Name, found.Seed.Name, message, severity, remedy);
}
