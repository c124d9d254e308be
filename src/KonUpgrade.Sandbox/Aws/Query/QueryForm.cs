using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace KonUpgrade.Sandbox.Aws.Query;

/// <summary>The parameters of a request of the query protocol, which come as a form.</summary>
internal sealed class QueryForm
{
    private readonly Dictionary<string, StringValues> _values;

    private QueryForm(Dictionary<string, StringValues> values) => _values = values;

    /// <summary>The operation that is called.</summary>
    public string Action => Text("Action") ?? string.Empty;

    public string Version => Text("Version") ?? string.Empty;

    public static QueryForm Read(byte[] body) => new(QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)));

    /// <summary>A parameter; null where it is not there or empty.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out StringValues value) && value.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A parameter that must be there.</summary>
    /// <exception cref="AwsError">It is not.</exception>
    public string Needed(string name) => Text(name) ?? throw Invalid(name, "Member must not be null");

    public int? Integer(string name, int min, int max)
        => Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max ? number
        : throw Invalid(name, $"Member must have value between {min} and {max}");

    /// <summary>A list: NAME.member.1 and so on.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        var list = new List<string>();
        while (Text($"{name}.member.{list.Count + 1}") is { } item) list.Add(item);
        return list;
    }

    /// <summary>The error for a parameter that is not as it must be.</summary>
    public static AwsError Invalid(string name, string constraint)
        => new(400, "ValidationError", $"1 validation error detected: Value at '{char.ToLowerInvariant(name[0])}{name[1..]}' failed to satisfy constraint: {constraint}");
}
