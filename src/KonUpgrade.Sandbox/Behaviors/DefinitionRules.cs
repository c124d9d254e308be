using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>What is wrong with a CRD.</summary>
internal static class DefinitionRules
{
    /// <param name="definition">In its storage version.</param>
    /// <param name="strict">It came as v1, which refuses what v1beta1 let pass.</param>
    /// <param name="minor">The cluster's minor version.</param>
    public static List<StatusCause> Check(JsonObject definition, bool strict, int minor)
    {
        var causes = new List<StatusCause>();
        if (definition["spec"] is not JsonObject spec || spec["names"] is not JsonObject names) return causes;
        string group = Metadata.Text(spec, "group"), plural = Metadata.Text(names, "plural"), name = Metadata.Name(definition);
        if (name != $"{plural}.{group}")
            causes.Add(new("FieldValueInvalid", $"Invalid value: \"{name}\": must be spec.names.plural+\".\"+spec.group", "metadata.name"));
        if (!group.Contains('.', StringComparison.Ordinal))
            causes.Add(new("FieldValueInvalid", $"Invalid value: \"{group}\": should be a domain with at least one dot", "spec.group"));
        JsonObject[] versions = [.. DefinitionFields.Versions(spec)];
        int storages = versions.Count(version => DefinitionFields.IsSet(version, "storage"));
        if (storages != 1)
            causes.Add(new("FieldValueInvalid", "Invalid value: must have exactly one version marked as storage version", "spec.versions"));
        if (versions.Select(version => Metadata.Text(version, "name")).Distinct().Count() != versions.Length)
            causes.Add(new("FieldValueInvalid", "Invalid value: must contain unique version names", "spec.versions"));
        if (!strict) return causes;
        if (DefinitionFields.IsSet(spec, "preserveUnknownFields"))
            causes.Add(new("FieldValueInvalid", "Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead", "spec.preserveUnknownFields"));
        for (int i = 0; i < versions.Length; i++)
        {
            // A server keeps a schema that all versions share in one place, and speaks of it there.
            string path = versions.Length == 1 ? "spec.validation.openAPIV3Schema" : $"spec.versions[{i}].schema.openAPIV3Schema";
            if (versions[i]["schema"]?["openAPIV3Schema"] is not JsonObject)
            {
                causes.Add(new("FieldValueRequired", "Required value: schemas are required", $"spec.versions[{i}].schema.openAPIV3Schema"));
                continue;
            }
            causes.AddRange(DefinitionFields.SchemaOf(versions[i], loose: false, path, minor).Problems.Select(problem => new StatusCause(problem.Reason, problem.Message, problem.Path)));
        }
        return causes;
    }
}
