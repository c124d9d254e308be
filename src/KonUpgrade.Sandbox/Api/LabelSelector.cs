using System.Globalization;
using System.Text.Json;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Api;

/// <summary>A parsed <c>labelSelector</c>: all its requirements must hold.</summary>
internal sealed class LabelSelector
{
    private readonly IReadOnlyList<Requirement> _requirements;

    private LabelSelector(IReadOnlyList<Requirement> requirements) => _requirements = requirements;

    private enum Operator
    {
        Exists,
        Absent,
        In,
        NotIn,
        Greater,
        Less,
    }

    public bool IsEmpty => _requirements.Count == 0;

    /// <summary>Reads <c>a=b,c!=d,e in (x,y),f notin (z),g,!h,i&gt;1</c>.</summary>
    /// <exception cref="ApiError">400: it cannot be read.</exception>
    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return new([]);
        var requirements = new List<Requirement>();
        foreach (string part in Split(text)) requirements.Add(ReadRequirement(part.Trim(), text));
        return new(requirements);
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (Requirement requirement in _requirements)
        {
            bool present = labels.TryGetValue(requirement.Key, out string? value);
            bool holds = requirement.Operator switch
            {
                Operator.Exists => present,
                Operator.Absent => !present,
                Operator.In => present && requirement.Values.Contains(value!),
                Operator.NotIn => !present || !requirement.Values.Contains(value!),
                Operator.Greater => present && Compare(value!, requirement.Values) > 0,
                _ => present && Compare(value!, requirement.Values) < 0,
            };
            if (!holds) return false;
        }
        return true;
    }

    /// <summary>The labels of an object, read from its bytes without building it.</summary>
    public static IReadOnlyDictionary<string, string> LabelsOf(ReadOnlySpan<byte> json)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (!Enter(ref reader, "metadata"u8) || !Enter(ref reader, "labels"u8)) return labels;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String) labels[key] = reader.GetString()!;
            else reader.Skip();
        }
        return labels;
    }

    // From the start of an object to the start of the object in one of its fields.
    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> field)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool here = reader.ValueTextEquals(field);
            reader.Read();
            if (here) return reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
        }
        return false;
    }

    private static int Compare(string value, IReadOnlyCollection<string> than)
        => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long left)
            ? left.CompareTo(long.Parse(than.First(), CultureInfo.InvariantCulture))
            : 0;

    private static IEnumerable<string> Split(string text)
    {
        int depth = 0, start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '(') depth++;
            else if (text[i] == ')') depth--;
            else if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }
        yield return text[start..];
    }

    private static Requirement ReadRequirement(string part, string whole)
    {
        if (part.StartsWith('!')) return new(Key(part[1..], whole), Operator.Absent, []);
        int set = part.IndexOf('(', StringComparison.Ordinal);
        if (set >= 0)
        {
            string[] words = part[..set].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 2 || words[1] is not ("in" or "notin") || !part.EndsWith(')')) throw Unreadable(whole);
            var values = part[(set + 1)..^1].Split(',').Select(value => value.Trim()).ToHashSet(StringComparer.Ordinal);
            return new(Key(words[0], whole), words[1] == "in" ? Operator.In : Operator.NotIn, values);
        }
        foreach ((string sign, Operator meaning) in new[] { ("!=", Operator.NotIn), ("==", Operator.In), ("=", Operator.In), (">", Operator.Greater), ("<", Operator.Less) })
        {
            int at = part.IndexOf(sign, StringComparison.Ordinal);
            if (at < 0) continue;
            string value = part[(at + sign.Length)..].Trim();
            bool isNumber = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
            if (value.Contains('=', StringComparison.Ordinal) || (meaning is Operator.Greater or Operator.Less && !isNumber)) throw Unreadable(whole);
            return new(Key(part[..at], whole), meaning, new HashSet<string>(StringComparer.Ordinal) { value });
        }
        return new(Key(part, whole), Operator.Exists, []);
    }

    private static string Key(string text, string whole)
    {
        string key = text.Trim();
        if (key.Length == 0 || key.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_' or '/'))) throw Unreadable(whole);
        return key;
    }

    private static ApiError Unreadable(string text)
        => ApiError.BadRequest($"unable to parse requirement: the label selector \"{text}\" cannot be read");

    private sealed record Requirement(string Key, Operator Operator, HashSet<string> Values);
}
