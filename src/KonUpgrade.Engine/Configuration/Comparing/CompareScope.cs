using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;

namespace KonUpgrade.Engine.Configuration.Comparing;

/// <summary>Which objects of a directory belong to a comparison.</summary>
internal sealed class CompareScope(CompareOptions options, SelectedNames names)
{
    private readonly SystemDescription _system = options.System.Description;

    /// <summary>The labels that an object must have, or null.</summary>
    public LabelSelector? Labels { get; } = LabelSelector.Read(options.Selection.LabelSelector);

    /// <summary>
    /// Whether objects of a kind are compared. What an import leaves alone since it describes one cluster (its name, its
    /// node groups) differs between any two.
    /// </summary>
    public static bool IsCompared(SystemDescription system, string group, string kind) =>
        !system.Import.Skip.Any(rule => KindPattern.Matches(rule.Kinds, group, kind))
        // A volume that was restored is another one, of another name.
        && !((group, kind) is ("", "PersistentVolume") && system.Velero?.MovesSome(group, kind) == true);

    /// <summary>
    /// Whether of objects of a kind it is only compared whether they are there: what Velero has brought, or will, is another
    /// copy, with marks of its own.
    /// </summary>
    public static bool IsByName(SystemDescription system, string group, string kind) => system.Velero?.MovesSome(group, kind) == true;

    public bool Includes(ManifestFile file, ObjectKey key) =>
        // Asked first, since it learns from every manifest.
        names.Includes(file)
        && IsCompared(_system, key.Group, key.Kind)
        && (_system.Export.Kinds.Count == 0 || KindPattern.Matches(_system.Export.Kinds, key.Group, key.Kind))
        && _system.Export.Includes(key.KindAndGroup, key.Namespace, key.Name);
}
