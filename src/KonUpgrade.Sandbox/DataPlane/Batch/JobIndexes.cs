using System.Globalization;

namespace KonUpgrade.Sandbox.DataPlane.Batch;

/// <summary>The numbers of an Indexed Job that are done, as its status writes them: <c>0-2,4</c>.</summary>
internal static class JobIndexes
{
    public static SortedSet<int> Read(string text)
    {
        var indexes = new SortedSet<int>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] range = part.Split('-', 2);
            if (!int.TryParse(range[0], NumberStyles.None, CultureInfo.InvariantCulture, out int from)) continue;
            int to = range.Length == 2 && int.TryParse(range[1], NumberStyles.None, CultureInfo.InvariantCulture, out int last) ? last : from;
            for (int i = from; i <= to; i++) indexes.Add(i);
        }
        return indexes;
    }

    public static string Write(SortedSet<int> indexes)
    {
        var parts = new List<string>();
        int? first = null, last = null;
        foreach (int index in indexes)
        {
            if (last is { } before && index == before + 1)
            {
                last = index;
                continue;
            }
            Add(parts, first, last);
            (first, last) = (index, index);
        }
        Add(parts, first, last);
        return string.Join(',', parts);
    }

    private static void Add(List<string> parts, int? first, int? last)
    {
        if (first is not { } from || last is not { } to) return;
        parts.Add(to == from ? from.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{from}{(to == from + 1 ? "," : "-")}{to}"));
    }
}
