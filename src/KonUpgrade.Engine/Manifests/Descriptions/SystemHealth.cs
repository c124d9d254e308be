using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>
/// A check of the part <c>health</c> of a system's description: of namespaces whose workloads are to be available, or of
/// kinds whose objects tell in conditions and fields that they are well.
/// </summary>
public sealed record SystemHealth
{
    /// <summary>The check's stable PascalCase id.</summary>
    public required string Id { get; init; }

    /// <summary>What should be so, as a sentence.</summary>
    public required string Title { get; init; }

    /// <summary>How much it weighs where it is not so.</summary>
    public ReadinessSeverity Severity { get; init; } = ReadinessSeverity.Blocking;

    /// <summary>What to do then.</summary>
    public required string Remedy { get; init; }

    /// <summary>Where more is told; null for where the system's own documentation is.</summary>
    public string? Documentation { get; init; }

    /// <summary>The namespaces whose workloads are to be available; empty where it is about kinds.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>The kinds, each by itself: <c>InferenceService.serving.kserve.io</c>; empty where it is about namespaces.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Conditions that each object must have, by type with their status.</summary>
    public IReadOnlyDictionary<string, string> Conditions { get; init; } = new Dictionary<string, string>();

    /// <summary>Fields that must have one of some values.</summary>
    public IReadOnlyList<FieldPattern> Fields { get; init; } = [];

    /// <summary>Fields of which one, when it is there, says that nothing is expected of the object.</summary>
    public IReadOnlyList<FieldPath> Unless { get; init; } = [];

    internal static IReadOnlyList<SystemHealth> ReadAll(DescriptionNode root)
    {
        var checks = new List<SystemHealth>();
        foreach (var node in root.Items("health"))
        {
            var check = Read(node);
            if (checks.Exists(other => other.Id.Equals(check.Id, StringComparison.OrdinalIgnoreCase)))
                throw node.Error("id", $"There are two checks '{check.Id}'.");
            checks.Add(check);
        }
        return checks;
    }

    private static SystemHealth Read(DescriptionNode node)
    {
        var id = node.RequiredText("id");
        if (!char.IsAsciiLetterUpper(id[0]) || !id.All(char.IsAsciiLetterOrDigit))
            throw node.Error("id", $"'{id}' is no id of a check, such as ModelsReady.");
        var check = new SystemHealth
        {
            Id = id,
            Title = node.RequiredText("title"),
            Severity = node.Text("severity") switch
            {
                null or nameof(ReadinessSeverity.Blocking) => ReadinessSeverity.Blocking,
                nameof(ReadinessSeverity.Advisory) => ReadinessSeverity.Advisory,
                var other => throw node.Error("severity", $"'{other}' is no severity: what is found is Blocking, or Advisory."),
            },
            Remedy = node.RequiredText("remedy"),
            Documentation = node.Text("documentation"),
            Namespaces = node.Texts("namespaces"),
            Kinds = node.Texts("kinds"),
            Conditions = node.TextMap("conditions"),
            Fields = [.. node.TextLists("fields").Select(field => new FieldPattern(PathOf(node, "fields", field.Key), field.Value))],
            Unless = [.. node.Texts("unless").Select(field => PathOf(node, "unless", field))],
        };
        if ((check.Namespaces.Count > 0) == (check.Kinds.Count > 0))
            throw node.Error("kinds", "A check is about namespaces (whose workloads are to be available) or about kinds: one of the two.");
        if (check.Kinds.FirstOrDefault(kind => !KindPattern.IsKind(kind)) is { } wrong)
            throw node.Error("kinds", $"'{wrong}' is no kind, such as InferenceService.serving.kserve.io: kinds are named each by itself.");
        if (check.Namespaces.FirstOrDefault(ns => ns.Contains('*', StringComparison.Ordinal)) is { } pattern)
            throw node.Error("namespaces", $"'{pattern}' is no namespace: each is named by itself, so that one that is not there is told.");
        if ((check.Kinds.Count > 0) != (check.Conditions.Count + check.Fields.Count > 0))
            throw node.Error("conditions", "By conditions or fields a check of kinds knows what is well; a check of namespaces needs none.");
        return check;
    }

    private static FieldPath PathOf(DescriptionNode node, string name, string field) =>
        FieldPath.TryParse(field, out var path) && !path.Steps.ToArray().Any(step => step.Name is null)
            ? path
            : throw node.Error(name, $"'{field}' is no path of one field, such as status.phase.");
}
