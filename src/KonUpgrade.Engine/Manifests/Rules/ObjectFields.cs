using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Reading fields that may not be there, or not be what they should.</summary>
internal static class ObjectFields
{
    /// <summary>An annotation, or an element of kind Undefined.</summary>
    public static JsonPart AnnotationElement(this KubernetesObject o, ReadOnlySpan<byte> key) => o.Metadata.Member("annotations"u8).Member(key);

    /// <summary>A label, or an element of kind Undefined.</summary>
    public static JsonPart LabelElement(this KubernetesObject o, ReadOnlySpan<byte> key) => o.Metadata.Member("labels"u8).Member(key);

    /// <summary>Drops the elements of a list that are not wanted, and the list where none is left.</summary>
    public static void DropElements(this RuleOutcome outcome, JsonPart list, FieldPath path, Func<JsonPart, bool> unwanted)
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
