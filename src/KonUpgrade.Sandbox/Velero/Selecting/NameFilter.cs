namespace KonUpgrade.Sandbox.Velero.Selecting;

/// <summary>Names that are included and names that are excluded; none included, or <c>*</c>, are all.</summary>
internal sealed class NameFilter(IEnumerable<string> included, IEnumerable<string> excluded)
{
    private readonly HashSet<string> _included = new(included, StringComparer.Ordinal), _excluded = new(excluded, StringComparer.Ordinal);

    public bool IncludesEverything => _excluded.Count == 0 && (_included.Count == 0 || _included.Contains("*"));

    public bool NamesNone => _included.Count == 0;

    public bool Includes(string name) => !_excluded.Contains(name) && !_excluded.Contains("*") && (_included.Count == 0 || _included.Contains("*") || _included.Contains(name));

    /// <summary>What is wrong with the two lists together.</summary>
    public IEnumerable<string> Problems()
    {
        if (_included.Count > 1 && _included.Contains("*")) yield return "includes list must either contain '*' only, or a non-empty list of items";
        if (_excluded.Contains("*")) yield return "excludes list cannot contain '*'";
        foreach (string both in _excluded.Where(name => name != "*" && _included.Contains(name)).Order(StringComparer.Ordinal)) yield return $"excludes list cannot contain an item in the includes list: {both}";
    }
}
