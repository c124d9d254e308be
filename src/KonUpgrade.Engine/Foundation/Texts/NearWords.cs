namespace KonUpgrade.Engine.Foundation.Texts;

/// <summary>What somebody who mistyped a word may have meant.</summary>
internal static class NearWords
{
    private const int MostNear = 3;
    private const int MostListed = 8;

    /// <summary>
    /// A sentence for the end of a message, with a blank before it: the known words that are near, or all where they are
    /// few, or how many there are; empty where none is known.
    /// </summary>
    /// <param name="word">The word that nobody knows.</param>
    /// <param name="known">The words that are known, in any order; one that is there twice counts once.</param>
    /// <param name="few">Up to how many are few.</param>
    public static string Hint(string word, IEnumerable<string> known, int few = MostListed)
    {
        var all = known.Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var near = all.Select(text => (Text: text, Distance: Distance(word, text)))
            .Where(one => one.Distance <= Math.Max(1, word.Length / 3) || BeginsAlike(word, one.Text))
            .OrderBy(one => one.Distance)
            .Take(MostNear)
            .Select(one => one.Text)
            .ToList();
        return (near.Count, all.Count) switch
        {
            ( > 0, _) => $" Did you mean {string.Join(" or ", near)}?",
            (_, 0) => "",
            (_, var count) when count <= few => $" There {(all.Count == 1 ? "is" : "are")} {string.Join(", ", all)}.",
            _ => $" There are {all.Count}.",
        };
    }

    private static bool BeginsAlike(string word, string text) =>
        word.Length > 2 && text.Length > 2 && (text.StartsWith(word, StringComparison.OrdinalIgnoreCase) || word.StartsWith(text, StringComparison.OrdinalIgnoreCase));

    // How many letters must be put in, taken out, changed or swapped with the next one (after Damerau), whatever their case.
    private static int Distance(string a, string b)
    {
        a = a.ToUpperInvariant();
        b = b.ToUpperInvariant();
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                var changed = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var least = Math.Min(changed, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, table[i - 2, j - 2] + 1);
                table[i, j] = least;
            }
        }
        return table[a.Length, b.Length];
    }
}
