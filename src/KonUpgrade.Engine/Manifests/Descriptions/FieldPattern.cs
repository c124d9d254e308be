using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>A field and what its value may be.</summary>
/// <param name="Path">The field; <c>[*]</c> stands for every element of a list.</param>
/// <param name="Values">What fits, with <c>*</c>; a number or truth value as it is written.</param>
public sealed record FieldPattern(FieldPath Path, IReadOnlyList<string> Values)
{
    /// <summary>
    /// Whether an object fits: the field is there, and where the path leads through lists, in each of their elements and
    /// at least once, with a value that fits.
    /// </summary>
    public bool Fits(JsonPart root) => Fits(root, Path.Steps);

    /// <summary>The places of the elements that fit, in the first list that the path leads through; none where it leads through no list.</summary>
    public IReadOnlyList<FieldPath> FittingElements(JsonPart root)
    {
        var list = root;
        var at = 0;
        for (; at < Path.Steps.Length && Path.Steps[at].Name is { } name; at++)
            list = list.Member(name);
        if (at == Path.Steps.Length || Path.Steps[at].Index >= 0)
            return [];
        var path = Path.Parent(at);
        var fitting = new List<FieldPath>();
        var place = 0;
        foreach (var element in list.Elements())
        {
            if (Fits(element, Path.Steps[(at + 1)..]))
                fitting.Add(path.Element(place));
            place++;
        }
        return fitting;
    }

    /// <summary>A value as text: a number or truth value as it is written; null where there is none, or several.</summary>
    public static string? TextOf(JsonPart value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private bool Fits(JsonPart element, ReadOnlySpan<FieldStep> steps)
    {
        if (steps.IsEmpty)
            return TextOf(element) is { } text && TextPattern.Matches(Values, text);
        var step = steps[0];
        var rest = steps[1..];
        if (step.Name is { } name)
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && Fits(member, rest);
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0)
            return false;
        if (step.Index >= 0)
            return step.Index < element.GetArrayLength() && Fits(element[step.Index], rest);
        foreach (var item in element.EnumerateArray())
        {
            if (!Fits(item, rest))
                return false;
        }
        return true;
    }
}
