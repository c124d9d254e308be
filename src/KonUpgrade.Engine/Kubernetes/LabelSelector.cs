using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// A label selector, as kubectl takes it (<c>app=web,tier in (a,b),!old,gen&gt;1</c>) or as objects hold it (matchLabels and
/// matchExpressions).
/// </summary>
public sealed class LabelSelector
{
    private readonly List<Requirement> _requirements = [];

    private LabelSelector()
    {
    }

    /// <summary>Whether it selects everything.</summary>
    public bool IsEmpty => _requirements.Count == 0;

    /// <summary>Reads the text form.</summary>
    /// <returns>False where the text is no selector.</returns>
    public static bool TryParse(string text, out LabelSelector selector)
    {
        selector = new LabelSelector();
        foreach (var part in Split(text))
        {
            if (part.Length == 0)
            {
                if (text.Trim().Length == 0)
                    continue;
                return false;
            }
            if (!TryParseOne(part, out var requirement))
                return false;
            selector._requirements.Add(requirement);
        }
        return true;
    }

    /// <summary>Reads what somebody asks for.</summary>
    /// <param name="text">The text form, or null.</param>
    /// <returns>Null where nothing is asked for.</returns>
    /// <exception cref="UpgradeException">InvalidLabelSelector.</exception>
    public static LabelSelector? Read(string? text)
    {
        if (text is not { Length: > 0 })
            return null;
        return TryParse(text, out var selector) ? selector : throw new UpgradeException(new Failure
        {
            Id = "InvalidLabelSelector",
            Kind = FailureKind.InvalidArgument,
            Message = $"'{text}' is no label selector.",
            Recommendation = "Write it as kubectl takes it: app=web,tier in (a,b),!old.",
            Target = text,
        });
    }

    /// <summary>Reads the form that objects hold. An element that is not there, or empty, selects everything.</summary>
    public static LabelSelector Of(JsonPart element)
    {
        var selector = new LabelSelector();
        if (element.ValueKind != JsonValueKind.Object)
            return selector;
        if (element.TryGetProperty("matchLabels", out var labels))
            selector.Require(labels);
        if (element.TryGetProperty("matchExpressions", out var expressions) && expressions.ValueKind == JsonValueKind.Array)
        {
            foreach (var expression in expressions.EnumerateArray())
            {
                string[] values = expression.TryGetProperty("values", out var list) && list.ValueKind == JsonValueKind.Array
                    ? [.. list.EnumerateArray().Select(v => v.GetString() ?? "")]
                    : [];
                if (Enum.TryParse<Operator>(expression.GetProperty("operator").GetString(), out var op))
                    selector._requirements.Add(new Requirement(expression.GetProperty("key").GetString() ?? "", op, values));
            }
        }
        return selector;
    }

    /// <summary>Reads the form that Services hold: labels alone.</summary>
    public static LabelSelector OfLabels(JsonPart labels)
    {
        var selector = new LabelSelector();
        selector.Require(labels);
        return selector;
    }

    /// <summary>The form that objects hold (matchLabels and matchExpressions); null where it compares numbers, which that form can't.</summary>
    public JsonObject? ToJson()
    {
        var (labels, expressions) = (new JsonObject(), new JsonArray());
        foreach (var requirement in _requirements)
        {
            if (requirement.Operator is Operator.GreaterThan or Operator.LessThan)
                return null;
            if (requirement is { Operator: Operator.In, Values: [var value] } && !labels.ContainsKey(requirement.Key))
            {
                labels[requirement.Key] = value;
                continue;
            }

            var expression = new JsonObject { ["key"] = requirement.Key, ["operator"] = requirement.Operator.ToString() };
            if (requirement.Values.Count > 0)
                expression["values"] = new JsonArray([.. requirement.Values.Select(each => (JsonNode?)each)]);
            expressions.Add(expression);
        }

        var selector = new JsonObject();
        if (labels.Count > 0)
            selector["matchLabels"] = labels;
        if (expressions.Count > 0)
            selector["matchExpressions"] = expressions;
        return selector;
    }

    /// <summary>Whether it selects an object with these labels.</summary>
    /// <param name="labels">The object's <c>metadata.labels</c>; an element of kind Undefined where it has none.</param>
    public bool Matches(JsonPart labels)
    {
        foreach (var requirement in _requirements)
        {
            if (!requirement.Holds(labels.ValueKind == JsonValueKind.Object && labels.TryGetProperty(requirement.Key, out var element) ? Text(element) : null))
                return false;
        }
        return true;
    }

    /// <summary>Whether it selects an object with these labels.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => _requirements.TrueForAll(requirement => requirement.Holds(labels.GetValueOrDefault(requirement.Key)));

    private void Require(JsonPart labels)
    {
        if (labels.ValueKind != JsonValueKind.Object)
            return;
        foreach (var label in labels.EnumerateObject())
            _requirements.Add(new Requirement(label.Name, Operator.In, [label.Value.GetString() ?? ""]));
    }

    // A label that somebody wrote without quotes (version: 1) is no string; the server refuses the object, and not us.
    private static string Text(JsonPart value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static bool TryParseOne(string part, out Requirement requirement)
    {
        requirement = new Requirement("", Operator.Exists, []);
        if (part[0] == '!')
        {
            requirement = new Requirement(part[1..].Trim(), Operator.DoesNotExist, []);
            return IsKey(requirement.Key);
        }
        if (part.EndsWith(')') && part.IndexOf('(', StringComparison.Ordinal) is > 0 and var open)
        {
            var words = part[..open].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 2 || words[1] is not ("in" or "notin") || !IsKey(words[0]))
                return false;
            requirement = new Requirement(
                words[0], words[1] == "in" ? Operator.In : Operator.NotIn, part[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries));
            return requirement.Values.All(IsValue);
        }
        foreach (var (sign, op) in new[] { ("!=", Operator.NotIn), ("==", Operator.In), ("=", Operator.In), (">", Operator.GreaterThan), ("<", Operator.LessThan) })
        {
            if (part.IndexOf(sign, StringComparison.Ordinal) is > 0 and var at)
            {
                var value = part[(at + sign.Length)..].Trim();
                requirement = new Requirement(part[..at].Trim(), op, [value]);
                return IsKey(requirement.Key) && IsValue(value) && (op is not (Operator.GreaterThan or Operator.LessThan) || Number(value) is not null);
            }
        }
        requirement = new Requirement(part, Operator.Exists, []);
        return IsKey(part);
    }

    private static bool IsKey(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/');

    // What a server takes as a label's value: one that it refuses would else select by "is not", and its refusal come late.
    private static bool IsValue(string value) =>
        value.Length == 0
        || (value.Length <= 63 && char.IsAsciiLetterOrDigit(value[0]) && char.IsAsciiLetterOrDigit(value[^1]) && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'));

    private static long? Number(string? value) => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IEnumerable<string> Split(string text)
    {
        var depth = 0;
        var begin = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '(')
                depth++;
            else if (i < text.Length && text[i] == ')')
                depth--;
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                yield return text[begin..i].Trim();
                begin = i + 1;
            }
        }
    }

    private enum Operator
    {
        In,
        NotIn,
        Exists,
        DoesNotExist,
        GreaterThan,
        LessThan,
    }

    private sealed record Requirement(string Key, Operator Operator, IReadOnlyList<string> Values)
    {
        /// <summary>Whether it holds for the label's value; null where there is no such label.</summary>
        public bool Holds(string? value) => Operator switch
        {
            Operator.In => value is not null && Values.Contains(value),
            Operator.NotIn => value is null || !Values.Contains(value),
            Operator.Exists => value is not null,
            // A comparison with what is no number is false, whichever way.
            Operator.GreaterThan => Number(value) > Number(Values[0]),
            Operator.LessThan => Number(value) < Number(Values[0]),
            _ => value is null,
        };
    }
}
