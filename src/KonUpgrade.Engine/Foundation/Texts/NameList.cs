using System.Globalization;

namespace KonUpgrade.Engine.Foundation.Texts;

/// <summary>Names in a message that may be many.</summary>
public static class NameList
{
    private const int MostNamed = 8;

    /// <summary>The first few names, and how many there are beside them.</summary>
    /// <param name="names">All of them.</param>
    /// <param name="most">How many are named.</param>
    public static string Some(IReadOnlyCollection<string> names, int most = MostNamed) => names.Count <= most
        ? string.Join(", ", names)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", names.Take(most))} and {names.Count - most} more");
}
