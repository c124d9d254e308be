using System.Text.RegularExpressions;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero;

/// <summary>What of a selection can be judged without a cluster.</summary>
internal static partial class VeleroChecks
{
    /// <summary>Whether a namespace's name is a pattern.</summary>
    public static bool IsPattern(string name) => name.AsSpan().IndexOfAny("*?[{") >= 0;

    /// <summary>That nothing is both meant and left out.</summary>
    /// <exception cref="UpgradeException">SelectionContradictory.</exception>
    public static void Consistent(VeleroScope selection)
    {
        var both = selection.Namespaces.Intersect(selection.ExcludedNamespaces, StringComparer.Ordinal)
            .Concat(selection.Kinds.Intersect(selection.ExcludedKinds, StringComparer.OrdinalIgnoreCase)).FirstOrDefault();
        if (both is null)
            return;
        throw new UpgradeException(new Failure
        {
            Id = "SelectionContradictory",
            Kind = FailureKind.InvalidArgument,
            Message = $"'{both}' is both asked for and left out: Velero would refuse it.",
            Recommendation = "Take it from one of the two.",
            Target = both,
        });
    }

    /// <summary>That a name can be a namespace's.</summary>
    /// <exception cref="UpgradeException">NamespaceNameInvalid.</exception>
    public static void NamespaceName(string name)
    {
        if (name.Length > 63 || !LabelText().IsMatch(name))
            throw new UpgradeException(VeleroFailures.NamespaceNameInvalid(name));
    }

    /// <summary>A selection, for people.</summary>
    public static string Describe(VeleroScope selection, VeleroKinds kinds)
    {
        var words = new List<string>
        {
            kinds.Included.Count > 0 ? NameList.Some(kinds.Included) : "all kinds",
            selection.Namespaces.Count > 0 ? $"of {NameList.Some(selection.Namespaces)}" : "of all namespaces",
        };
        if (selection.ExcludedNamespaces.Count + kinds.Excluded.Count > 0)
            words.Add($"without {NameList.Some([.. selection.ExcludedNamespaces, .. kinds.Excluded])}");
        if (selection.LabelSelectors.Count > 0)
            words.Add($"with {string.Join(" or ", selection.LabelSelectors)}");
        return string.Join(' ', words);
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex LabelText();
}
