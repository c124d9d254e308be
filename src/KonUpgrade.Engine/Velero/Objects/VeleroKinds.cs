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
    /// Finds what the names of a backup mean. A kind that the cluster does not serve is an error: Velero would pass it over,
    /// and the backup be without it.
    /// </summary>
    /// <param name="catalog">What the cluster serves.</param>
    /// <param name="scope">The kinds.</param>
    /// <param name="cluster">How the cluster is called.</param>
    /// <param name="reporter">Warned of kinds that are left out and are not there.</param>
    /// <exception cref="UpgradeException">KindNotFound.</exception>
    public static VeleroKinds OfBackup(ApiCatalog catalog, VeleroScope scope, string cluster, IReporter reporter) =>
        new(Find(catalog, scope.Kinds, cluster, _ => false), LeftOut(catalog, scope, cluster, reporter));

    /// <summary>
    /// Finds what the names of a restore mean. A kind that the cluster does not serve may come with the restore itself, by its
    /// definition: it is taken as it is written, where it is written as Velero names it.
    /// </summary>
    /// <inheritdoc cref="OfBackup"/>
    public static VeleroKinds OfRestore(ApiCatalog catalog, VeleroScope scope, string cluster, IReporter reporter) =>
        new(FindOrComing(catalog, scope.Kinds, cluster, reporter), LeftOut(catalog, scope, cluster, reporter));

    /// <summary>Finds what names mean, of kinds that may come with a restore.</summary>
    /// <exception cref="UpgradeException">KindNotFound.</exception>
    public static IReadOnlyList<string> FindOrComing(ApiCatalog catalog, IReadOnlyList<string> kinds, string cluster, IReporter reporter) => Find(catalog, kinds, cluster, kind =>
    {
        if (!kind.Contains('.', StringComparison.Ordinal) || kind.Any(char.IsUpper))
            return false;
        reporter.Warning($"{cluster} serves no kind '{kind}' yet: it is restored only where its definition comes with the same restore.");
        return true;
    });

    /// <summary>The first of these that Velero never restores, or null.</summary>
    public static string? NeverRestored(IReadOnlyList<string> resources) => resources.FirstOrDefault(s_neverRestored.Contains);

    private static List<string> LeftOut(ApiCatalog catalog, VeleroScope scope, string cluster, IReporter reporter) => Find(catalog, scope.ExcludedKinds, cluster, kind =>
    {
        reporter.Warning($"{cluster} serves no kind '{kind}', which is to be left out.");
        return true;
    });

    private static List<string> Find(ApiCatalog catalog, IReadOnlyList<string> kinds, string cluster, Func<string, bool> isTakenAsWritten)
    {
        var resources = new List<string>();
        foreach (var kind in kinds)
        {
            var found = kind == Everything ? [] : catalog.Match(kind);
            if (found.Count == 0 && kind != Everything && !isTakenAsWritten(kind))
                throw new UpgradeException(NotFound(kind, cluster, catalog));
            resources.AddRange(found.Count > 0 ? found.Select(Name) : [kind]);
        }

        return resources;
    }

    private static string Name(ApiResource resource) => resource.Group.Length == 0 ? resource.Plural : $"{resource.Plural}.{resource.Group}";

    private static Failure NotFound(string kind, string cluster, ApiCatalog catalog) => new()
    {
        Id = "KindNotFound",
        Kind = FailureKind.NotFound,
        Message = $"{cluster} serves no kind '{kind}'.{NearWords.Hint(kind, catalog.Resources.Select(resource => resource.Kind))}",
        Recommendation = "Name it as kubectl api-resources does: a kind, plural or short name, with its group where several have it. Its definition may have to be installed first; one that comes with a restore is named by its plural and group: apps.k11n.dev.",
        Target = kind,
    };
}
