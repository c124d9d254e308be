using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Selecting;

/// <summary>
/// What the words of a selection mean. Clusters know plurals and short names, manifests only themselves: a word that a
/// cluster knows means the same kind in a directory. A word that nobody knows is mistyped, and no empty selection.
/// </summary>
public sealed class SelectedNames
{
    private readonly ClusterConfigSelection _selection;
    private readonly HashSet<(string Group, string Kind)> _kinds = [];
    private readonly HashSet<string> _unknownKinds;
    private readonly HashSet<string> _unknownGroups;
    private readonly HashSet<string> _unknownNamespaces;

    // What somebody may have meant by a word that nobody knows.
    private readonly HashSet<string> _knownKinds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _knownGroups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _knownNamespaces = new(StringComparer.Ordinal);

    /// <summary>Takes a selection of which nothing is known yet.</summary>
    public SelectedNames(ClusterConfigSelection selection)
    {
        _selection = selection;
        _unknownKinds = new HashSet<string>(selection.Kind, StringComparer.OrdinalIgnoreCase);
        _unknownGroups = new HashSet<string>(selection.Group.Select(ApiGroup.Of), StringComparer.Ordinal);
        _unknownNamespaces = new HashSet<string>(selection.Namespace, StringComparer.Ordinal);
    }

    /// <summary>The kinds of a cluster, written as the word is: with their groups where it has one.</summary>
    internal static IEnumerable<string> KindsOf(ApiCatalog catalog, string word) =>
        catalog.Resources.Where(r => r.Verbs.Contains("list")).Select(r => word.Contains('.', StringComparison.Ordinal) ? r.KindAndGroup : r.Kind);

    /// <summary>Learns what a cluster serves.</summary>
    public void Learn(ApiCatalog catalog)
    {
        foreach (var word in _selection.Kind)
        {
            var matches = catalog.Match(word);
            _kinds.UnionWith(matches.Select(r => (r.Group, r.Kind)));
            if (matches.Count > 0)
                _unknownKinds.Remove(word);
            else
                _knownKinds.UnionWith(KindsOf(catalog, word));
        }
        if (_unknownGroups.Count > 0)
            _knownGroups.UnionWith(catalog.Resources.Select(r => ApiGroup.Word(r.Group)));
        _unknownGroups.RemoveWhere(group => catalog.Resources.Any(r => r.Group == group));
    }

    /// <summary>Learns which of the namespaces a cluster has. Where that may not be asked, each may be there.</summary>
    public async Task LearnNamespacesAsync(KubernetesClient client, CancellationToken cancellationToken)
    {
        foreach (var name in _unknownNamespaces.ToList())
        {
            if (await ClusterNamespaces.HasAsync(client, name, cancellationToken).ConfigureAwait(false) != false)
                _unknownNamespaces.Remove(name);
        }
        if (_unknownNamespaces.Count > 0)
            _knownNamespaces.UnionWith(await ClusterNamespaces.NamesAsync(client, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Whether a manifest is selected, its labels aside. It is learned from, too.</summary>
    public bool Includes(ManifestFile file) => Includes(new ObjectKey(file.Group, file.Kind, file.Namespace, file.Name), file.ApiVersion);

    /// <summary>Whether an object is selected, its labels aside. It is learned from, too.</summary>
    /// <param name="key">What it is.</param>
    /// <param name="apiVersion">Its group and version.</param>
    public bool Includes(ObjectKey key, string apiVersion)
    {
        _unknownGroups.Remove(key.Group);
        if (NamespaceOf(key) is { } ns)
        {
            _unknownNamespaces.Remove(ns);
            if (_unknownNamespaces.Count > 0)
                _knownNamespaces.Add(ns);
        }
        if (_unknownKinds.Count > 0)
            _knownKinds.Add(key.Kind);
        if (_unknownGroups.Count > 0)
            _knownGroups.Add(ApiGroup.Word(key.Group));
        // Each word is looked at, so that each that is known is known to be.
        var named = _selection.Kind.Count == 0 || _kinds.Contains((key.Group, key.Kind));
        foreach (var word in _selection.Kind)
        {
            if (!KindWords.Means(word, key, apiVersion))
                continue;
            _unknownKinds.Remove(word);
            named = true;
        }
        return named
            && (_selection.Group.Count == 0 || _selection.Group.Any(g => ApiGroup.Of(g) == key.Group))
            && (_selection.Namespace.Count == 0 || (NamespaceOf(key) is { } own && _selection.Namespace.Contains(own, StringComparer.Ordinal)));
    }

    /// <summary>
    /// The selection in words that a cluster knows; null where the cluster serves nothing of what is selected, and so has
    /// nothing of it.
    /// </summary>
    public ClusterConfigSelection? For(ApiCatalog catalog)
    {
        // A core kind by its version: its name alone may mean kinds of other groups too.
        var kinds = _kinds.Where(k => catalog.FindPreferred(k.Group, k.Kind) is not null).Select(k => $"{k.Kind}.{(k.Group.Length == 0 ? "v1" : k.Group)}").ToList();
        var groups = _selection.Group.Where(g => catalog.Resources.Any(r => r.Group == ApiGroup.Of(g))).ToList();
        return (_selection.Kind.Count > 0 && kinds.Count == 0) || (_selection.Group.Count > 0 && groups.Count == 0)
            ? null
            : _selection with { Kind = kinds, Group = groups };
    }

    /// <summary>Whether a group is one of those that are named.</summary>
    public bool Names(string group) => _selection.Group.Any(g => ApiGroup.Of(g) == group);

    /// <summary>Once everybody was asked: a word that nobody knows is an error.</summary>
    /// <param name="one">Who was asked, as messages call it.</param>
    /// <param name="other">Who else was asked, or null.</param>
    /// <exception cref="UpgradeException">KindNotFound, GroupNotFound, NamespaceNotFound.</exception>
    public void Check(string one, string? other = null)
    {
        var nobody = other is null ? $"There is nothing in {one} of" : $"Neither {one} nor {other} has";
        if (_unknownKinds.Count > 0)
            throw Unknown("KindNotFound", "a kind", _unknownKinds, _knownKinds, "Name kinds as Deployment or, where several groups have one, App.k11n.dev.");
        if (_unknownGroups.Count > 0)
            throw Unknown("GroupNotFound", "an API group", _unknownGroups, _knownGroups, "Name groups as apps or k11n.dev; the core group is written core.");
        if (_unknownNamespaces.Count > 0)
            throw Unknown("NamespaceNotFound", "a namespace", _unknownNamespaces, _knownNamespaces, "Name a namespace that is there; kubectl get namespaces lists those of a cluster.");

        UpgradeException Unknown(string id, string what, HashSet<string> words, HashSet<string> known, string recommendation) => new(new Failure
        {
            Id = id,
            Kind = FailureKind.InvalidArgument,
            Message = $"{nobody} {what} '{string.Join("', '", words.Order(StringComparer.Ordinal))}'.{NearWords.Hint(words.Order(StringComparer.Ordinal).First(), known)}",
            Recommendation = recommendation,
            Target = words.Order(StringComparer.Ordinal).First(),
        });
    }

    private static string? NamespaceOf(ObjectKey key) => key is { Group: "", Kind: "Namespace" } ? key.Name : key.Namespace;
}
