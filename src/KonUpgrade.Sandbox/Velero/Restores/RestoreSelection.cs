using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Velero.Backups;
using KonUpgrade.Sandbox.Velero.Buckets;
using KonUpgrade.Sandbox.Velero.Selecting;

namespace KonUpgrade.Sandbox.Velero.Restores;

/// <summary>What of a backup a restore takes, in the order in which it is restored.</summary>
internal static class RestoreSelection
{
    public static IReadOnlyList<ArchivedItem> Of(IReadOnlyList<ArchivedItem> archive, JsonObject spec, ResourceCatalog catalog)
    {
        NameFilter kinds = KindNames.Filter(catalog, spec, "includedResources", "excludedResources"), namespaces = BackupSelection.Namespaces(spec);
        var labels = new LabelFilter(spec);
        bool? clusterScoped = spec["includeClusterResources"] is JsonValue value && value.TryGetValue(out bool included) ? included : null;
        List<ArchivedItem> taken = [.. archive.Where(item => kinds.Includes(item.Resource) && labels.Matches(item.Object) && item switch
        {
            { Namespace.Length: > 0 } => namespaces.Includes(item.Namespace),
            { Resource: "namespaces" } => namespaces.Includes(item.Name),
            _ => clusterScoped ?? namespaces.IncludesEverything,
        })];
        if (clusterScoped != false && kinds.Includes("persistentvolumes"))
        {
            // A claim brings its volume, whatever namespaces and labels say.
            HashSet<string> used = [.. taken.Where(item => item.Resource == "persistentvolumeclaims").Select(item => Fields.Text(item.Object["spec"], "volumeName"))];
            taken.AddRange(archive.Where(item => item.Resource == "persistentvolumes" && used.Contains(item.Name) && !taken.Contains(item)).ToArray());
        }
        return [.. taken.OrderBy(item => RestoreOrder.Rank(item.Resource)).ThenBy(item => item.Resource, StringComparer.Ordinal).ThenBy(item => item.Path, StringComparer.Ordinal)];
    }
}
