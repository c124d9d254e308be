using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Counts by word, for people: <c>17 created, 2 skipped</c>.</summary>
internal sealed class Counts
{
    private readonly SortedDictionary<int, (string Word, long Count)> _counts = [];

    /// <summary>How many there were in all.</summary>
    public long Total => _counts.Values.Sum(c => c.Count);

    /// <summary>Counts one.</summary>
    public void Add<T>(T word)
        where T : struct, Enum
    {
        var place = Convert.ToInt32(word, CultureInfo.InvariantCulture);
        _counts[place] = (EnumWords.Of(word).ToLowerInvariant(), _counts.GetValueOrDefault(place).Count + 1);
    }

    /// <summary>How many there were of a word.</summary>
    public long Of<T>(T word)
        where T : struct, Enum => _counts.GetValueOrDefault(Convert.ToInt32(word, CultureInfo.InvariantCulture)).Count;

    /// <inheritdoc/>
    public override string ToString() =>
        _counts.Count == 0 ? "nothing to do" : string.Join(", ", _counts.Values.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Count} {c.Word}")));
}
