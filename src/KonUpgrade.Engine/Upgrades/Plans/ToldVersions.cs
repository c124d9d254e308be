using System.Text.Json;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>A version that an object tells of its system.</summary>
/// <param name="Object">The object, for people: <c>Seed eu</c>.</param>
/// <param name="Text">What it tells; null for nothing.</param>
/// <param name="LeftAloneBy">The annotation by which it stays at its version until somebody takes that away; null where none does that.</param>
internal sealed record ToldVersion(string Object, string? Text, string? LeftAloneBy)
{
    /// <summary>The version; null where it tells none that can be read.</summary>
    public ReleaseVersion? Version { get; } = ReleaseVersion.Parse(Text);

    /// <inheritdoc/>
    public override string ToString() => $"{Object}: {Text ?? "none"}{(LeftAloneBy is null ? "" : " (left alone)")}";
}

/// <summary>The versions that the objects of a cluster tell of its system, as the system's description names them.</summary>
/// <param name="All">They; those that the description names first come first.</param>
internal sealed record ToldVersions(IReadOnlyList<ToldVersion> All)
{
    /// <summary>Reads them.</summary>
    /// <exception cref="UpgradeException">VersionNotTold: the system has no versions that are told, or the cluster no object that does; or it can't be asked.</exception>
    public static async Task<ToldVersions> ReadAsync(ClusterConnection cluster, SystemDescription system, CancellationToken cancellationToken)
    {
        if (system.InPlace is not { } inPlace)
            throw new UpgradeException(NotTold(cluster.Context.Name, $"the description of {system.Name} does not say who tells its version"));
        var served = await cluster.Client.KnownCatalogAsync(cancellationToken).ConfigureAwait(false);
        var told = new List<ToldVersion>();
        foreach (var source in inPlace.Versions)
        {
            var before = told.Count;
            if (served.Match(source.Kind) is [var resource, ..])
            {
                await foreach (var o in cluster.Client.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
                {
                    using (o)
                        told.Add(Read(source, o));
                }
            }

            // What belongs to the system may be none; the system itself is there.
            if (told.Count == before && source == inPlace.Versions[0])
                throw new UpgradeException(NotTold(cluster.Context.Name, $"it has no {source.Kind}"));
        }

        return new ToldVersions(told);
    }

    /// <summary>Whether all tell a version.</summary>
    public bool AreAll(ReleaseVersion version) => All.All(one => one.Version is { } told && version.IsMetBy(told));

    /// <summary>The first of the versions, by their order; null where one of them can't be read.</summary>
    public ReleaseVersion? Lowest => All.Any(one => one.Version is null) ? null : All.Select(one => one.Version!).Aggregate((lowest, one) => one.IsBefore(lowest) ? one : lowest);

    /// <inheritdoc/>
    public override string ToString() => NameList.Some([.. All.Select(one => one.ToString())]);

    private static ToldVersion Read(SystemVersionSource source, KubernetesObject o)
    {
        IEnumerable<JsonPart> parts = [o.Root];
        foreach (var step in source.Field.Steps.ToArray())
            parts = parts.Select(part => step.Name is { } name ? part.Member(name) : part.Elements().Skip(Math.Max(step.Index, 0)).FirstOrDefault());
        var text = parts.Where(part => part.ValueKind == JsonValueKind.String).Select(part => part.Text()).FirstOrDefault();
        return new ToldVersion($"{o.Kind} {o.Name}", text is { Length: > 0 } ? text : null, source.LeftAloneBy is { } annotation && o.Annotation(annotation) is { Length: > 0 } ? annotation : null);
    }

    private static Failure NotTold(string cluster, string why) => new()
    {
        Id = "VersionNotTold",
        Kind = FailureKind.NotFound,
        Message = $"Which version the system of {cluster} has can't be told: {why}.",
        Recommendation = "Name the system with -System, and the cluster that has it.",
        Target = cluster,
    };
}
