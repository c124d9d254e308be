using System.Runtime.CompilerServices;
using KonUpgrade.Engine.ApiVersions.Lifecycle;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Live;

/// <summary>
/// What objects tell of those who wrote them: metadata.managedFields, and the annotation of kubectl apply. Only kinds are
/// listed that may have something to tell, and of them the metadata alone.
/// </summary>
internal sealed class ObjectEvidence(Inspection inspection) : IEvidenceSource
{
    /// <inheritdoc/>
    public string Name => "the objects' metadata";

    /// <inheritdoc/>
    public string? NotAsked => null;

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeprecatedApi> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var kinds = Kinds().ToList();
        var unread = new List<(ApiResource Kind, UpgradeException Exception)>();
        await foreach (var listed in OrderedWork.RunAsync(kinds, ListAsync, Math.Max(1, inspection.Options.ThrottleLimit), cancellationToken).ConfigureAwait(false))
        {
            foreach (var found in listed.Found)
                yield return found;
            if (listed.Exception is { } exception)
                unread.Add((listed.Kind, exception));
        }

        if (unread.Count == 0)
            yield break;
        if (unread.Count == kinds.Count)
            throw unread[0].Exception;
        inspection.Reporter.Warning(
            $"{inspection.Cluster.Context.Name}: {unread.Count} of {kinds.Count} kinds could not be listed, and nothing is known of who writes their objects: {NameList.Some([.. unread.Select(one => one.Kind.KindAndGroup)])}. First: {unread[0].Exception.Failure.Message}");
    }

    // Kinds of which an old version is known, where they are served in the newest group; and those of others of which the
    // target does not serve every version that is served here.
    private IEnumerable<ApiResource> Kinds() => inspection.Catalog.Resources
        .Where(resource => resource.Verbs.Contains("list") && !resource.Plural.Contains('/', StringComparison.Ordinal))
        .DistinctBy(resource => (resource.Group, resource.Kind))
        .Where(resource => inspection.Filter.TakesClusterWide || resource.Namespaced)
        .Where(resource => resource is not { Kind: "Event" } && (BuiltInGroups.Contains(resource.Group) ? HasPast(resource) : HasLoss(resource)))
        .Where(resource => inspection.Filter.Includes(resource.ApiVersion, resource.Kind));

    // To ask for what is deprecated as a whole would be counted as a use of it, and its own controller writes most of it.
    private bool HasPast(ApiResource resource)
    {
        var own = ApiLifecycles.Find(resource.ApiVersion, resource.Kind);
        if (own is { RemovedIn: null })
            return false;
        var hasPast = ApiLifecycles.All.Any(known => known.Kind == resource.Kind
            && (ApiResource.GroupOf(known.ApiVersion) == resource.Group || known.Replacements.Any(replacement => ApiResource.GroupOf(replacement.ApiVersion) == resource.Group)));
        return hasPast && own?.Replacements.Any(replacement =>
            ApiResource.GroupOf(replacement.ApiVersion) is var group && group != resource.Group && inspection.Catalog.FindPreferred(group, resource.Kind) is not null) != true;
    }

    private bool HasLoss(ApiResource resource) => inspection.Catalog.Resources.Any(version =>
        version.Group == resource.Group && version.Kind == resource.Kind && inspection.Judge.Of(version.ApiVersion, version.Kind) is not null);

    private async Task<Listed> ListAsync(ApiResource kind, CancellationToken cancellationToken)
    {
        var listed = new Listed(kind);
        var memory = new YoungMemory();
        try
        {
            foreach (var list in inspection.Lists(kind.Namespaced, new ListOptions { MetadataOnly = true }))
            {
                await foreach (var o in inspection.Cluster.Client.ListAsync(kind, list, cancellationToken).ConfigureAwait(false))
                {
                    using (o)
                        Take(kind, o, listed.Found);
                    memory.Tidy();
                }
            }
        }
        catch (KubernetesApiException e) when (e.StatusCode == 404)
        {
            inspection.Reporter.Verbose($"{inspection.Cluster.Context.Name}: {kind} is no longer served");
        }
        catch (UpgradeException e)
        {
            listed.Exception = e;
        }

        return listed;
    }

    private void Take(ApiResource kind, KubernetesObject o, List<DeprecatedApi> found)
    {
        foreach (var use in ObjectUses.Of(o, kind.Kind, inspection.Judge))
        {
            if (inspection.IsTooOld(use.Time))
                continue;
            found.Add(inspection.Finding(use.Verdict, use.ApiVersion, use.Kind, use.Evidence, use.Client) with { Namespace = o.Namespace, Name = o.Name, LastSeen = use.Time });
        }
    }

    private sealed class Listed(ApiResource kind)
    {
        public ApiResource Kind { get; } = kind;

        public List<DeprecatedApi> Found { get; } = [];

        public UpgradeException? Exception { get; set; }
    }
}
