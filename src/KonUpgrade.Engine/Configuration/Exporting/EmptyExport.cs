using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>An export of nothing: it is rarely what was meant, and nothing of it fails.</summary>
internal static class EmptyExport
{
    /// <summary>What was looked for.</summary>
    public static string Warning(string context, ExportOptions options, ListPlan plan, ClusterConfigExport export)
    {
        const int Shown = 5;
        var kinds = plan.Kinds.Where(kind => kind.WholeKindReason is null).Select(kind => kind.Resource.KindAndGroup).Order(StringComparer.Ordinal).ToList();
        var of = kinds.Count <= Shown ? string.Join(", ", kinds) : $"{string.Join(", ", kinds.Take(Shown))} and {kinds.Count - Shown} kinds more";
        var selection = options.Selection;
        var inside = selection.Namespace.Count > 0 ? $", in {(selection.Namespace.Count == 1 ? "the namespace" : "the namespaces")} {string.Join(", ", selection.Namespace)}" : "";
        var with = selection.LabelSelector is { Length: > 0 } labels ? $", with the labels {labels}" : "";
        var left = export.LeftOutCount > 0 ? $" {export.LeftOutCount} objects were left out; {ExportLayout.LeftOut} says why." : "";
        var absent = selection.IsEverything()
            ? options.System.Export.Kinds.Where(name => !name.Contains('*', StringComparison.Ordinal) && !plan.Kinds.Any(kind => KindPattern.Matches([name], kind.Resource.Group, kind.Resource.Kind))).ToList()
            : [];
        var unserved = absent.Count == 0 ? "" : $" The cluster does not serve {string.Join(", ", absent.Take(Shown))}{(absent.Count > Shown ? $" and {absent.Count - Shown} kinds more of it" : "")}.";
        return $"The export of {context} is empty: it has nothing of the system {options.System.Name} that was looked for ({(kinds.Count == 0 ? "no kind that travels" : of)}{inside}{with}).{unserved}{left}";
    }
}
