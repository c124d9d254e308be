using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Reading fields that may not be there, or not be what they should.</summary>
internal static class ObjectFields
{
    /// <summary>A member, or an element of kind Undefined.</summary>
    public static JsonElement Member(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>Whether the element is this string.</summary>
    public static bool Is(this JsonElement element, ReadOnlySpan<byte> text) => element.ValueKind == JsonValueKind.String && element.ValueEquals(text);

    /// <summary>The string, or null where the element is none.</summary>
    public static string? Text(this JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    /// <summary>The elements of a list; none where it is no list.</summary>
    public static IEnumerable<JsonElement> Elements(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    /// <summary>Whether the element is an object with members, or a list with elements.</summary>
    public static bool HasContent(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().MoveNext(),
        JsonValueKind.Array => element.GetArrayLength() > 0,
        _ => false,
    };

    /// <summary>An annotation, or an element of kind Undefined.</summary>
    public static JsonElement AnnotationElement(this KubernetesObject o, ReadOnlySpan<byte> key) => o.Metadata.Member("annotations"u8).Member(key);

    /// <summary>A label, or an element of kind Undefined.</summary>
    public static JsonElement LabelElement(this KubernetesObject o, ReadOnlySpan<byte> key) => o.Metadata.Member("labels"u8).Member(key);

    /// <summary>The owner that manages the object, or an element of kind Undefined.</summary>
    public static JsonElement ControllerReference(this KubernetesObject o)
    {
        var references = o.Metadata.Member("ownerReferences"u8);
        if (references.ValueKind != JsonValueKind.Array)
            return default;
        foreach (var reference in references.EnumerateArray())
        {
            if (reference.Member("controller"u8).ValueKind == JsonValueKind.True)
                return reference;
        }

        return default;
    }

    /// <summary>Drops the elements of a list that are not wanted, and the list where none is left.</summary>
    public static void DropElements(this RuleOutcome outcome, JsonElement list, FieldPath path, Func<JsonElement, bool> unwanted)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            return;
        var index = 0;
        var drops = new List<int>();
        foreach (var element in list.EnumerateArray())
        {
            if (unwanted(element))
                drops.Add(index);
            index++;
        }

        if (drops.Count == index)
        {
            outcome.Drop(path);
            return;
        }

        foreach (var drop in drops)
            outcome.Drop(path.Element(drop));
    }
}
