using System.Text.Json.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>
/// Workloads of extensions/v1beta1 and apps/v1beta1 on their way to apps/v1: what was so by itself is written down, for
/// apps/v1 has other defaults. apps/v1beta2 has those of apps/v1 already. The old defaults are told by the deprecation
/// guide.
/// </summary>
internal abstract class WorkloadConverter(string kind, params string[] from) : IObjectConverter
{
    /// <summary>Of extensions/v1beta1.</summary>
    protected const string Extensions = "extensions/v1beta1";

    /// <summary>Of apps/v1beta1.</summary>
    protected const string Apps = "apps/v1beta1";

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => [kind];

    /// <inheritdoc/>
    public bool Converts(string from1, string to) => to == "apps/v1" && from.Contains(from1, StringComparer.Ordinal);

    /// <inheritdoc/>
    /// <exception cref="UpgradeException">SelectorMissing: it selects no pods, and its template has no labels to select them by.</exception>
    public IReadOnlyList<string> Convert(JsonObject o, string to)
    {
        var notes = new List<string>();
        if (o.Mapping("spec") is not { } spec)
            throw Selectorless(to);
        if (spec.Mapping("selector") is not { } selector || !(selector["matchLabels"] is JsonObject { Count: > 0 } || selector["matchExpressions"] is JsonArray { Count: > 0 }))
        {
            spec["selector"] = new JsonObject
            {
                ["matchLabels"] = spec.Mapping("template")?.Mapping("metadata")?["labels"] is JsonObject { Count: > 0 } labels ? labels.DeepClone() : throw Selectorless(to),
            };
            notes.Add("It had no selector of its own: it selects by the labels of its pods, as it did without being told.");
        }

        Pin(spec, o.Text("apiVersion")!, notes);
        return notes;
    }

    /// <summary>Writes down what was so by itself, and takes away what is no more.</summary>
    protected abstract void Pin(JsonObject spec, string from, List<string> notes);

    private UpgradeException Selectorless(string to) => new(new Failure
    {
        Id = "SelectorMissing",
        Kind = FailureKind.InvalidData,
        Message = $"The {kind} has no spec.selector, which {to} wants, and its template has no labels to make one of.",
        Recommendation = "Give the template labels, and the object a selector of them.",
    });
}
