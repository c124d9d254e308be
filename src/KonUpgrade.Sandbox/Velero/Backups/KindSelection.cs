using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Velero.Selecting;

namespace KonUpgrade.Sandbox.Velero.Backups;

/// <summary>Whether objects of a cluster-scoped kind are taken.</summary>
internal enum ClusterScope
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those that belong to something that is taken.</summary>
    Related,

    /// <summary>All.</summary>
    All,
}

/// <summary>Which kinds a backup takes, by the older fields or the newer ones; they cannot be mixed.</summary>
internal sealed class KindSelection
{
    private static readonly string[] Older = ["includedResources", "excludedResources", "includeClusterResources"];
    private static readonly string[] Newer = ["includedClusterScopedResources", "excludedClusterScopedResources", "includedNamespaceScopedResources", "excludedNamespaceScopedResources"];

    private readonly bool _isNewer;
    private readonly bool _allNamespaces;
    private readonly bool? _clusterScoped;
    private readonly NameFilter _kinds, _namespacedKinds, _clusterKinds;

    public KindSelection(ResourceCatalog catalog, JsonObject spec, bool allNamespaces)
    {
        _isNewer = Newer.Any(field => IsGiven(spec, field));
        _allNamespaces = allNamespaces;
        _clusterScoped = spec["includeClusterResources"] is JsonValue value && value.TryGetValue(out bool included) ? included : null;
        _kinds = KindNames.Filter(catalog, spec, "includedResources", "excludedResources");
        _namespacedKinds = KindNames.Filter(catalog, spec, "includedNamespaceScopedResources", "excludedNamespaceScopedResources");
        _clusterKinds = KindNames.Filter(catalog, spec, "includedClusterScopedResources", "excludedClusterScopedResources");
    }

    public static bool IsMixed(JsonObject spec) => Older.Any(field => IsGiven(spec, field)) && Newer.Any(field => IsGiven(spec, field));

    public IEnumerable<string> Problems() => _kinds.Problems().Concat(_namespacedKinds.Problems()).Concat(_clusterKinds.Problems());

    public bool TakesNamespaced(string kind) => _isNewer ? _namespacedKinds.Includes(kind) : _kinds.Includes(kind);

    public ClusterScope ScopeOf(string kind)
    {
        // A namespace goes with what is in it.
        if (kind == "namespaces") return (_isNewer ? _clusterKinds : _kinds).Includes(kind) ? ClusterScope.Related : ClusterScope.None;
        if (_isNewer)
        {
            if (!_clusterKinds.Includes(kind)) return ClusterScope.None;
            return _clusterKinds.NamesNone && !_allNamespaces ? ClusterScope.Related : ClusterScope.All;
        }
        if (_clusterScoped == false || !_kinds.Includes(kind)) return ClusterScope.None;
        return _clusterScoped == true || _allNamespaces ? ClusterScope.All : ClusterScope.Related;
    }

    private static bool IsGiven(JsonObject spec, string field) => spec[field] is JsonArray { Count: > 0 } or JsonValue;
}
