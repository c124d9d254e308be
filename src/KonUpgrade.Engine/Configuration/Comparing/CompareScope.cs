using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Comparing;

/// <summary>Which objects of a directory belong to a comparison. A directory knows no plurals but the regular ones.</summary>
internal sealed class CompareScope(CompareOptions options)
{
    private readonly SystemDescription _system = options.System.Description;
    private readonly ClusterConfigSelection _selection = options.Selection;

    /// <summary>The labels that an object must have, or null.</summary>
    public LabelSelector? Labels { get; } = ReadLabels(options.Selection.LabelSelector);

    /// <summary>
    /// Whether objects of a kind are compared. What an import leaves alone since it describes one cluster (its name, its
    /// node groups) differs between any two.
    /// </summary>
    public static bool IsCompared(SystemDescription system, string group, string kind) =>
        !system.Import.Skip.Any(rule => KindPattern.Matches(rule.Kinds, group, kind));

    public bool Includes(ObjectKey key) =>
        IsCompared(_system, key.Group, key.Kind)
        && (_system.Export.Kinds.Count == 0 || KindPattern.Matches(_system.Export.Kinds, key.Group, key.Kind))
        && (!_system.Export.Names.TryGetValue(key.KindAndGroup, out var names) || TextPattern.Matches(names, key.Name))
        && (_selection.Group.Count == 0 || _selection.Group.Any(g => (g == "core" ? "" : g) == key.Group))
        && (_selection.Kind.Count == 0 || _selection.Kind.Any(k => IsNamed(key, k)))
        && IsInNamespaces(key);

    private bool IsInNamespaces(ObjectKey key)
    {
        if (_selection.Namespace.Count == 0)
            return true;
        var ns = key is { Group: "", Kind: "Namespace" } ? key.Name : key.Namespace;
        return ns is not null && _selection.Namespace.Contains(ns, StringComparer.Ordinal);
    }

    private static bool IsNamed(ObjectKey key, string name)
    {
        if (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot)
        {
            if (!string.Equals(name[(dot + 1)..], key.Group, StringComparison.OrdinalIgnoreCase))
                return false;
            name = name[..dot];
        }
        string[] forms = [key.Kind, key.Kind + "s", key.Kind + "es", key.Kind.EndsWith('y') ? key.Kind[..^1] + "ies" : key.Kind];
        return forms.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    private static LabelSelector? ReadLabels(string? text)
    {
        if (text is not { Length: > 0 })
            return null;
        return LabelSelector.TryParse(text, out var selector) ? selector : throw new UpgradeException(new Failure
        {
            Id = "InvalidLabelSelector",
            Kind = FailureKind.InvalidArgument,
            Message = $"'{text}' is no label selector.",
            Recommendation = "Write it as kubectl takes it: app=web,tier in (a,b),!old.",
            Target = text,
        });
    }
}
