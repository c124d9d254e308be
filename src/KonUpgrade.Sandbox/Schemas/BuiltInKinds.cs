using System.Collections.Concurrent;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>The table of built-in kinds: what a server of each minor serves.</summary>
internal static class BuiltInKinds
{
    public const int OldestMinor = 21;
    public const int NewestMinor = 34;

    private static readonly Lazy<FactFiles> Facts = new(FactFiles.Load);

    // What was once computed from the constant tables; nothing in it ever changes.
    private static readonly ConcurrentDictionary<int, Lazy<Served>> ByMinor = new();

    /// <summary>Every kind in every group version that Kubernetes 1.<paramref name="minor"/> serves by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The minor is not between 21 and 34.</exception>
    public static IReadOnlyList<ServedResource> For(int minor) => At(minor).Resources;

    /// <summary>The schema of ObjectMeta, as custom resources carry it too.</summary>
    public static SchemaNode ObjectMeta(int minor) => At(minor).ObjectMeta;

    private static Served At(int minor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minor, OldestMinor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minor, NewestMinor);
        return ByMinor.GetOrAdd(minor, static m => new Lazy<Served>(() => Build(m))).Value;
    }

    private static Served Build(int minor)
    {
        var facts = Facts.Value;
        var builder = new SchemaBuilder(facts, minor);
        var resources = new List<ServedResource>();
        foreach (var fact in facts.Kinds)
        {
            var first = true;
            foreach (var (package, minors) in fact.Served)
            {
                if (!minors.Contains(minor))
                    continue;
                var slash = package.IndexOf('/', StringComparison.Ordinal);
                resources.Add(new ServedResource
                {
                    Group = facts.Groups[package[..slash]],
                    Version = package[(slash + 1)..],
                    Kind = fact.Kind,
                    Schema = builder.Kind($"{package}.{fact.Kind.Kind}"),
                    StorageVersion = first,
                    RemovedIn = minors.To == int.MaxValue ? null : minors.To + 1,
                });
                first = false;
            }
        }
        var metadata = builder.Kind("core/v1.ConfigMap").Properties["metadata"];
        return new Served(resources, metadata);
    }

    private sealed record Served(IReadOnlyList<ServedResource> Resources, SchemaNode ObjectMeta);
}
