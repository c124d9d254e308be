using System.Globalization;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Nodepools.Places;

/// <summary>One of the terms of a required node affinity; a node must fit one of them.</summary>
internal sealed class NodeTerm
{
    private readonly List<Requirement> _labels;
    private readonly List<Requirement> _fields;

    private NodeTerm(JsonPart term)
    {
        _labels = [.. term.Objects("matchExpressions").Select(Requirement.Of)];
        _fields = [.. term.Objects("matchFields").Select(Requirement.Of)];
    }

    /// <summary>The terms of a pod's required node affinity; null where it has none.</summary>
    public static IReadOnlyList<NodeTerm>? All(JsonPart spec)
    {
        var required = spec.Member("affinity"u8).Member("nodeAffinity"u8).Member("requiredDuringSchedulingIgnoredDuringExecution"u8);
        return required.ValueKind == JsonValueKind.Object ? [.. required.Objects("nodeSelectorTerms").Select(term => new NodeTerm(term))] : null;
    }

    /// <summary>Whether a node fits. A term without requirements fits none.</summary>
    public bool Fits(string name, IReadOnlyDictionary<string, string> labels) =>
        _labels.Count + _fields.Count > 0
        && _labels.TrueForAll(requirement => requirement.Holds(labels.GetValueOrDefault(requirement.Key)))
        && _fields.TrueForAll(requirement => requirement.Holds(requirement.Key == "metadata.name" ? name : null));

    /// <summary>Whether a node may fit of which some labels are known: the values that each may have, none where it has no such label; null for what is not known.</summary>
    public bool MayFit(Func<string, IReadOnlyList<string>?> known) =>
        _labels.Count + _fields.Count > 0
        && _labels.TrueForAll(requirement => known(requirement.Key) is not { } values || (values.Count > 0 ? values.Any(requirement.Holds) : requirement.Holds(null)));

    private sealed record Requirement(string Key, string Operator, IReadOnlyList<string> Values)
    {
        public static Requirement Of(JsonPart part) => new(part.Text("key") ?? "", part.Text("operator") ?? "", [.. part.Texts("values")]);

        public bool Holds(string? value) => Operator switch
        {
            "In" => value is not null && Values.Contains(value),
            "NotIn" => value is null || !Values.Contains(value),
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            "Gt" => Number(value) is { } more && Values is [var least] && Number(least) is { } than && more > than,
            "Lt" => Number(value) is { } less && Values is [var most] && Number(most) is { } than && less < than,
            _ => false,
        };

        private static long? Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
