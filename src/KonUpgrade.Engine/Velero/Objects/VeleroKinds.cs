using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>Kinds as Velero names them: plural and group.</summary>
/// <param name="Included">Those that are meant; none for all.</param>
/// <param name="Excluded">Those that are left out.</param>
internal sealed record VeleroKinds(IReadOnlyList<string> Included, IReadOnlyList<string> Excluded)
{
    private const string Everything = "*";

    // What Velero never restores, whatever is asked for: asked for by name, it refuses the restore for good.
    private static readonly HashSet<string> s_neverRestored = new(StringComparer.Ordinal)
    {
        "nodes", "events", "events.events.k8s.io", "backups.velero.io", "restores.velero.io", "resticrepositories.velero.io", "csinodes.storage.k8s.io",
        "volumeattachments.storage.k8s.io", "backuprepositories.velero.io",
    };

    /// <summary>
    /// Finds what names mean. A kind that the cluster does not serve is an error: Velero would pass it over, and the backup
    /// be without it.
    /// </summary>
    /// <param name="catalog">What the cluster serves.</param>
    /// <param name="selection">The kinds.</param>
    /// <param name="cluster">How the cluster is called.</param>
    /// <param name="reporter">Warned of kinds that are left out and are not there.</param>
    /// <exception cref="UpgradeException">KindNotFound.</exception>
    public static VeleroKinds Of(ApiCatalog catalog, VeleroScope selection, string cluster, IReporter reporter) =>
        new(Find(catalog, selection.Kinds, cluster, missing: null), Find(catalog, selection.ExcludedKinds, cluster, reporter.Warning));

    /// <summary>Finds what names mean.</summary>
    /// <param name="catalog">What the cluster serves.</param>
    /// <param name="kinds">The names.</param>
    /// <param name="cluster">How the cluster is called.</param>
    /// <param name="missing">Told of those that are not there, which are then taken as they are written; null where that is an error.</param>
    /// <exception cref="UpgradeException">KindNotFound.</exception>
    public static IReadOnlyList<string> Find(ApiCatalog catalog, IReadOnlyList<string> kinds, string cluster, Action<string>? missing)
    {
        var resources = new List<string>();
        foreach (var kind in kinds)
        {
            var found = kind == Everything ? [] : catalog.Match(kind);
            if (found.Count == 0 && kind != Everything)
            {
                if (missing is null)
                    throw new UpgradeException(NotFound(kind, cluster, catalog));
                missing($"{cluster} serves no kind '{kind}', which is to be left out.");
            }

            resources.AddRange(found.Count > 0 ? found.Select(Name) : [kind]);
        }

        return resources;
    }

    /// <summary>The first of these that Velero never restores, or null.</summary>
    public static string? NeverRestored(IReadOnlyList<string> resources) => resources.FirstOrDefault(s_neverRestored.Contains);

    private static string Name(ApiResource resource) => resource.Group.Length == 0 ? resource.Plural : $"{resource.Plural}.{resource.Group}";

    private static Failure NotFound(string kind, string cluster, ApiCatalog catalog) => new()
    {
        Id = "KindNotFound",
        Kind = FailureKind.NotFound,
        Message = $"{cluster} serves no kind '{kind}'.{NearWords.Hint(kind, catalog.Resources.Select(resource => resource.Kind))}",
        Recommendation = "Name it as kubectl api-resources does: a kind, plural or short name, with its group where several have it. Its definition may have to be installed first.",
        Target = kind,
    };
}
