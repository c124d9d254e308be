namespace KonUpgrade.Engine.Trust;

/// <summary>What differs between two documents, line by line, with a few lines around it.</summary>
internal static class PolicyDifference
{
    private const int Around = 3;

    /// <summary>Lines that begin with <c>+ </c> (added), <c>- </c> (gone) or two blanks; <c>…</c> stands for lines that are left out.</summary>
    public static IReadOnlyList<string> Of(TrustPolicy before, TrustPolicy after)
    {
        var (old, @new) = (before.Lines, after.Lines);
        var same = Longest(old, @new);
        var all = new List<(char Mark, string Line)>();
        var (i, j) = (0, 0);
        while (i < old.Count || j < @new.Count)
        {
            if (i < old.Count && j < @new.Count && Equal(old[i], @new[j]))
            {
                all.Add((' ', @new[j]));
                (i, j) = (i + 1, j + 1);
            }
            else if (j == @new.Count || (i < old.Count && same[i + 1, j] >= same[i, j + 1]))
            {
                all.Add(('-', old[i++]));
            }
            else
            {
                all.Add(('+', @new[j++]));
            }
        }
        return [.. Shortened(all)];
    }

    private static IEnumerable<string> Shortened(List<(char Mark, string Line)> all)
    {
        var wasShown = true;
        for (var at = 0; at < all.Count; at++)
        {
            var isShown = Enumerable.Range(at - Around, (2 * Around) + 1).Any(near => near >= 0 && near < all.Count && all[near].Mark != ' ');
            if (isShown)
                yield return $"{all[at].Mark} {all[at].Line}";
            else if (wasShown)
                yield return "…";
            wasShown = isShown;
        }
    }

    // How many lines the ends that begin at two places have in common, in order.
    private static int[,] Longest(IReadOnlyList<string> old, IReadOnlyList<string> @new)
    {
        var same = new int[old.Count + 1, @new.Count + 1];
        for (var i = old.Count - 1; i >= 0; i--)
        {
            for (var j = @new.Count - 1; j >= 0; j--)
                same[i, j] = Equal(old[i], @new[j]) ? same[i + 1, j + 1] + 1 : Math.Max(same[i + 1, j], same[i, j + 1]);
        }
        return same;
    }

    // What is added behind a line gives it a comma, and changes nothing in it.
    private static bool Equal(string one, string other) => one.TrimEnd(',') == other.TrimEnd(',');
}
