using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>What a kind of workload begins, in a rule of the part <c>hold</c>: a kind of its own that has Pods, or none at a time and yet goes on.</summary>
public sealed record SystemBegun
{
    /// <summary>The kind: <c>Workflow.argoproj.io</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The field that shows its end; null where only its Pods do.</summary>
    public FieldPath? Field { get; init; }

    /// <summary>The values of the field with which it has come to its end.</summary>
    public IReadOnlyList<string> Ended { get; init; } = [];

    internal static SystemBegun Read(DescriptionNode node)
    {
        var kind = node.RequiredText("kind");
        if (kind.Contains('*', StringComparison.Ordinal))
            throw node.Error("kind", $"'{kind}' is no kind: what is begun is named each by itself.");
        var text = node.Text("field");
        var ended = node.Texts("ended");
        if ((text is null) != (ended.Count == 0))
            throw node.Error(text is null ? "ended" : "field", "field and ended belong together: the field that shows the end, and the values that do.");
        if (text is null)
            return new SystemBegun { Kind = kind };
        return FieldPath.TryParse(text, out var path) && !text.Contains('[', StringComparison.Ordinal)
            ? new SystemBegun { Kind = kind, Field = path, Ended = ended }
            : throw node.Error("field", $"'{text}' is no field's path, such as status.phase.");
    }
}
