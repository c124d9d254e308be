using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Live;

/// <summary>What all sources of evidence about one cluster share.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="ClusterUid">Its identity, or null where it is not known.</param>
/// <param name="Catalog">What it serves.</param>
/// <param name="Judge">Judges what is found.</param>
/// <param name="Filter">Which objects are looked at.</param>
/// <param name="Options">What is looked for.</param>
/// <param name="Reporter">Told what could not be read.</param>
internal sealed record Inspection(
    ClusterConnection Cluster, string? ClusterUid, ApiCatalog Catalog, ApiJudge Judge, FindingFilter Filter, DeprecatedApiOptions Options, IReporter Reporter)
{
    /// <summary>A finding on this cluster.</summary>
    public DeprecatedApi Finding(ApiVerdict verdict, string apiVersion, string kind, DeprecatedApiEvidence evidence, string? client = null) =>
        Findings.Of(verdict, Judge.Target.Name, apiVersion, kind, evidence, client) with { Context = Cluster.Context.Name, ClusterUid = ClusterUid };

    /// <summary>Whether evidence of a time is surely too old. What tells no time is not.</summary>
    public bool IsTooOld(DateTimeOffset? time) => Options.MaxAge is { } most && time is { } seen && Options.Time.GetUtcNow() - seen > most;

    /// <summary>The kind of a resource in a group and version; its plural where nothing tells.</summary>
    public string KindOf(string group, string version, string plural) =>
        Catalog.Resources.FirstOrDefault(resource => resource.Group == group && resource.Version == version && resource.Plural == plural)?.Kind
        ?? Catalog.Resources.FirstOrDefault(resource => resource.Group == group && resource.Plural == plural)?.Kind
        ?? Plurals.KindOf(group.Length == 0 ? version : $"{group}/{version}", plural)
        ?? plural;

    /// <summary>The lists that read a kind where it is to be looked at; none where all of it lies elsewhere.</summary>
    public IEnumerable<ListOptions> Lists(bool namespaced, ListOptions list) =>
        Options.Namespace.Count == 0 ? [list]
        : namespaced ? Options.Namespace.Distinct(StringComparer.Ordinal).Select(ns => list with { Namespace = ns })
        : [];
}
