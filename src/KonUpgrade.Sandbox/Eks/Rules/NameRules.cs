using System.Text.RegularExpressions;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Rules;

/// <summary>What the names of node groups, labels and tags must be.</summary>
internal static partial class NameRules
{
    private const int MostTags = 50;

    private static readonly string[] Reserved = ["kubernetes.io/", "k8s.io/", "eks.amazonaws.com/"];

    /// <summary>It becomes a label's value, which has 63 characters at most.</summary>
    public static void CheckNodegroup(EksRequest request)
    {
        if (request.Nodegroup.Length == 0) throw request.InvalidParameter("The nodegroup name is missing");
        if (!IsName().IsMatch(request.Nodegroup))
            throw request.InvalidParameter("The nodegroup name can have a maximum of 63 characters: letters, digits, hyphens and underscores, and begins with a letter or a digit");
    }

    public static void CheckLabels(EksRequest request, IEnumerable<KeyValuePair<string, string>> labels)
    {
        foreach ((string key, string value) in labels)
        {
            if (IsReserved(key)) throw request.InvalidParameter($"Label cannot contain reserved prefixes [{string.Join(", ", Reserved)}]");
            string name = key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];
            if (key.Length is 0 or > 63 || !IsLabel().IsMatch(name)) throw Invalid(request, key);
            if (value.Length is 0 or > 63 || !IsLabel().IsMatch(value)) throw Invalid(request, value);
        }
    }

    public static void CheckTags(EksRequest request, SortedDictionary<string, string> tags)
    {
        if (tags.Count > MostTags) throw request.InvalidParameter($"A resource can have at most {MostTags} tags");
        if (tags.Keys.FirstOrDefault(key => key.Length is 0 or > 128 || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)) is { } wrong)
            throw request.InvalidParameter($"'{wrong}' is not a valid tag key");
    }

    public static bool IsReserved(string key)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Reserved.Any(prefix => key[..(slash + 1)] == prefix || key[..(slash + 1)].EndsWith($".{prefix}", StringComparison.Ordinal));
    }

    public static EksError Invalid(EksRequest request, string value)
        => request.InvalidParameter($"Invalid value: {value} : field must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");

    [GeneratedRegex(@"^[0-9A-Za-z][A-Za-z0-9_-]{0,62}\z")]
    private static partial Regex IsName();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    public static partial Regex IsLabel();
}
