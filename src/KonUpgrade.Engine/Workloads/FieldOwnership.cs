using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Workloads;

/// <summary>Who owns single fields of an object, as its managedFields have it.</summary>
internal static class FieldOwnership
{
    /// <summary>Who owns a field, or a list that it is in and that is owned as a whole. Empty where nobody does, or where that can't be told.</summary>
    public static IReadOnlyList<FieldManager> Of(KubernetesObject o, FieldPath path) =>
    [
        .. o.Metadata.Objects("managedFields")
            .Where(m => m.Text("subresource") is null or "" && Owns(m.Member("fieldsV1"), path))
            .Select(m => new FieldManager(m.Text("manager") ?? "", m.Text("operation") ?? "Update"))
            .Distinct(),
    ];

    private static bool Owns(JsonPart fields, FieldPath path)
    {
        foreach (var step in path.Steps)
        {
            // What is below a list that has no keys is owned with the list.
            if (step.Name is null)
                return fields.ValueKind == JsonValueKind.Object && !fields.HasContent;
            fields = fields.Member($"f:{step.Name}");
            if (fields.ValueKind != JsonValueKind.Object)
                return false;
            if (!fields.HasContent)
                return true;
        }
        return true;
    }
}
