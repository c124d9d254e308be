using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>
/// Objects that hold passwords or keys though they are no Secrets, as the part <c>export.sensitive</c> of a system's
/// description names them. They travel only where Secrets do, and no value of them is ever shown.
/// </summary>
public sealed record SensitiveObjectsRule
{
    /// <summary>The annotation in which kubectl apply keeps what was last applied.</summary>
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>The kinds, as <see cref="KindPattern"/> takes them.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>Names, with <c>*</c>; empty for all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Namespaces, with <c>*</c>; empty for all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Fields of which one must be there and not be empty; empty for all objects, whatever they hold.</summary>
    public IReadOnlyList<FieldPath> Fields { get; init; } = [];

    /// <summary>What it holds, in words for people: a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether an object of one of the kinds is meant, as far as its fields make it so.</summary>
    public bool Includes(string name, string? ns) =>
        (Names.Count == 0 || TextPattern.Matches(Names, name)) && (Namespaces.Count == 0 || (ns is not null && TextPattern.Matches(Namespaces, ns)));

    /// <summary>Whether what the object holds makes it sensitive.</summary>
    public bool Holds(JsonPart root) => Fields.Count == 0 || Fields.Any(field => IsThere(root, field.Steps));

    /// <summary>
    /// Whether the copy of the object that kubectl apply keeps in an annotation holds what makes an object sensitive, or
    /// can't be read. It may hold what the object itself no longer does.
    /// </summary>
    public bool LastAppliedHolds(KubernetesObject o)
    {
        if (Fields.Count == 0 || o.Annotation(LastApplied) is not { } text)
            return false;
        try
        {
            using var copy = JsonIndex.Parse(text);
            return Holds(copy.Root);
        }
        catch (JsonException)
        {
            return true;
        }
    }

    // The elements of a list one after another: one that holds something is enough.
    private static bool IsThere(JsonPart part, ReadOnlySpan<FieldStep> steps)
    {
        if (steps.IsEmpty)
            return part.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && !part.Is(""u8);
        if (steps[0].Name is { } name)
            return IsThere(part.Member(name), steps[1..]);
        foreach (var element in part.Elements())
        {
            if (IsThere(element, steps[1..]))
                return true;
        }
        return false;
    }

    internal static SensitiveObjectsRule Read(DescriptionNode node)
    {
        var rule = new SensitiveObjectsRule
        {
            Kinds = node.Texts("kinds"),
            Names = node.Texts("names"),
            Namespaces = node.Texts("namespaces"),
            Fields = [.. node.Texts("fields").Select(field => PathOf(node, field))],
            Reason = node.RequiredText("reason"),
        };
        return rule.Kinds.Count > 0 ? rule : throw node.Error("kinds", "The rule names no kinds.");
    }

    private static FieldPath PathOf(DescriptionNode node, string field) =>
        FieldPath.TryParse(field, out var path) ? path : throw node.Error("fields", $"'{field}' is no field's path, such as spec.cloud.aws.secretAccessKey.");
}
