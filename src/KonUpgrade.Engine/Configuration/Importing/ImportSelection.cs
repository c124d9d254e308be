using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing;

/// <summary>Which objects of an export are meant by a selection.</summary>
internal sealed class ImportSelection
{
    private readonly ClusterConfigSelection _selection;
    private readonly HashSet<(string Group, string Kind)> _kinds = [];
    private readonly LabelSelector? _labels;
    private readonly HashSet<string> _unknown = new(StringComparer.OrdinalIgnoreCase);

    public ImportSelection(ClusterConfigSelection selection, ApiCatalog catalog)
    {
        _selection = selection;
        foreach (var name in selection.Kind)
        {
            var matches = catalog.Match(name);
            _kinds.UnionWith(matches.Select(r => (r.Group, r.Kind)));
            if (matches.Count == 0)
                _unknown.Add(name);
        }
        if (selection.LabelSelector is not { } text)
            return;
        if (!LabelSelector.TryParse(text, out var labels))
        {
            throw new UpgradeException(new Failure
            {
                Id = "InvalidLabelSelector",
                Kind = FailureKind.InvalidArgument,
                Message = $"'{text}' is not a label selector.",
                Recommendation = "Write it as kubectl takes it: app=web,tier in (front,back),!old.",
                Target = text,
            });
        }
        _labels = labels;
    }

    /// <summary>Whether an object's labels are those that are selected. The rest of the selection is <see cref="Includes"/>.</summary>
    public bool Selects(KubernetesObject o) => _labels is null || _labels.Matches(o.Metadata.Member("labels"u8));

    public bool Includes(ManifestFile file) =>
        (_selection.Group.Count == 0 || _selection.Group.Any(g => (g == "core" ? "" : g) == file.Group))
        && (_selection.Kind.Count == 0 || _kinds.Contains((file.Group, file.Kind)) || _selection.Kind.Any(k => IsNamed(file, k)))
        && IsInNamespaces(file);

    /// <summary>Once everything was asked for: a kind that is neither in the import nor on the target is mistyped.</summary>
    /// <exception cref="UpgradeException">KindNotFound.</exception>
    public void Check()
    {
        if (_unknown.Count == 0)
            return;
        throw new UpgradeException(new Failure
        {
            Id = "KindNotFound",
            Kind = FailureKind.InvalidArgument,
            Message = $"Neither the import nor the target has a kind '{string.Join("', '", _unknown)}'.",
            Recommendation = "Name kinds as Deployment or, where several groups have one, App.k11n.dev.",
            Target = _unknown.First(),
        });
    }

    // Kinds that the target does not serve (yet) are known by their kind alone.
    private bool IsNamed(ManifestFile file, string name)
    {
        if (!string.Equals(name, file.Kind, StringComparison.OrdinalIgnoreCase) && !string.Equals(name, $"{file.Kind}.{file.Group}", StringComparison.OrdinalIgnoreCase))
            return false;
        _unknown.Remove(name);
        return true;
    }

    private bool IsInNamespaces(ManifestFile file)
    {
        if (_selection.Namespace.Count == 0)
            return true;
        var ns = file is { Group: "", Kind: "Namespace" } ? file.Name : file.Namespace;
        return ns is not null && _selection.Namespace.Contains(ns, StringComparer.Ordinal);
    }
}
