using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.DataPlane.Caches;

/// <summary>A label selector inside an object (matchLabels, matchExpressions): none selects nothing, an empty one all.</summary>
internal sealed class SelectorMatch
{
    private static readonly SelectorMatch Nothing = new([], []) { IsNothing = true };

    private readonly KeyValuePair<string, string>[] _labels;
    private readonly Requirement[] _requirements;

    private SelectorMatch(KeyValuePair<string, string>[] labels, Requirement[] requirements)
    {
        _labels = labels;
        _requirements = requirements;
    }

    /// <summary>There is no selector.</summary>
    public bool IsNothing { get; private init; }

    public static SelectorMatch Of(JsonObject? selector)
    {
        if (selector is null) return Nothing;
        Requirement[] requirements = [.. Fields.Objects(selector, "matchExpressions").Select(Requirement.Of)];
        return new([.. Fields.Texts(selector, "matchLabels")], requirements);
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        if (IsNothing) return false;
        foreach ((string key, string value) in _labels)
        {
            if (!labels.TryGetValue(key, out string? there) || there != value) return false;
        }
        foreach (Requirement requirement in _requirements)
        {
            if (!requirement.Holds(labels)) return false;
        }
        return true;
    }

    /// <summary>One expression; those of nodes know Gt and Lt as well.</summary>
    internal sealed record Requirement(string Key, string Operator, IReadOnlyList<string> Values)
    {
        public static Requirement Of(JsonObject expression)
            => new(Metadata.Text(expression, "key"), Metadata.Text(expression, "operator"), Metadata.Strings(expression, "values"));

        public bool Holds(IReadOnlyDictionary<string, string> labels)
        {
            bool there = labels.TryGetValue(Key, out string? value);
            return Operator switch
            {
                "In" => there && Values.Contains(value!),
                "NotIn" => !there || !Values.Contains(value!),
                "Exists" => there,
                "DoesNotExist" => !there,
                "Gt" => there && Compare(value!) is > 0,
                "Lt" => there && Compare(value!) is < 0,
                _ => false,
            };
        }

        private int? Compare(string value)
            => Values.Count == 1 && long.TryParse(value, out long left) && long.TryParse(Values[0], out long right) ? left.CompareTo(right) : null;
    }
}
