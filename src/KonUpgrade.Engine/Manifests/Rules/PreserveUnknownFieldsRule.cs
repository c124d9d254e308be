using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// A definition that was made through v1beta1 may keep fields that its schema does not know, by
/// <c>spec.preserveUnknownFields: true</c>, and need not have a schema at all. The v1 API keeps both where they are and
/// takes neither from anybody, so that no cluster would create the definition again. What v1 has for it is said in each
/// version's schema, at every object of it: at its top alone, fields would be lost further down.
/// </summary>
/// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning</remarks>
internal sealed class PreserveUnknownFieldsRule : IManifestRule
{
    private const string Preserve = "x-kubernetes-preserve-unknown-fields";

    private static readonly FieldPath s_flag = FieldPath.Of("spec", "preserveUnknownFields");
    private static readonly FieldPath s_versions = FieldPath.Of("spec", "versions");
    private static readonly byte[] s_true = "true"u8.ToArray();
    private static readonly byte[] s_anySchema = """{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}"""u8.ToArray();

    public string Name => "PreserveUnknownFields";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("apiextensions.k8s.io", "CustomResourceDefinition");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        var spec = o.Root.Member("spec"u8);
        if (o.Version != "v1" || spec.Member("preserveUnknownFields"u8).ValueKind != JsonValueKind.True)
            return;
        outcome.Drop(s_flag);
        var place = 0;
        foreach (var version in spec.Member("versions"u8).Elements())
        {
            var path = s_versions.Element(place++).Member("schema");
            var schema = version.Member("schema"u8).Member("openAPIV3Schema"u8);
            if (schema.ValueKind == JsonValueKind.Object)
                Keep(schema, path.Member("openAPIV3Schema"), isResource: true, outcome);
            else if (version.ValueKind == JsonValueKind.Object)
                outcome.Replace(path, s_anySchema);
        }
    }

    // The API refuses the mark on what is no object; metadata of a resource it keeps as a whole by itself, and refuses
    // to hear anything about it but restrictions of the name.
    private static void Keep(JsonPart schema, FieldPath path, bool isResource, RuleOutcome outcome)
    {
        var more = schema.Member("additionalProperties"u8);
        if (isResource || (schema.Member("type"u8).Is("object"u8) && more.ValueKind is JsonValueKind.Undefined or JsonValueKind.False))
            outcome.Replace(path.Member(Preserve), s_true);
        if (more.ValueKind == JsonValueKind.Object)
            Keep(more, path.Member("additionalProperties"), IsResource(more), outcome);
        var items = schema.Member("items"u8);
        if (items.ValueKind == JsonValueKind.Object)
            Keep(items, path.Member("items"), IsResource(items), outcome);
        var properties = schema.Member("properties"u8);
        if (properties.ValueKind != JsonValueKind.Object)
            return;
        foreach (var property in properties.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Object && !(isResource && property.Name == "metadata"))
                Keep(property.Value, path.Member("properties").Member(property.Name), IsResource(property.Value), outcome);
        }
    }

    private static bool IsResource(JsonPart schema) => schema.Member("x-kubernetes-embedded-resource"u8).ValueKind == JsonValueKind.True;
}
