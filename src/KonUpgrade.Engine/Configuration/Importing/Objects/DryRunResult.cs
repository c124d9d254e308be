using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// What a server answers to a dry run of a change. It carries the resourceVersion of the object that is there whether or
/// not a change in earnest would get a new one, so what the server compares is compared here: the object, and who owns
/// which of its fields. Seen on 1.33 and 1.36.
/// </summary>
internal static class DryRunResult
{
    /// <summary>Whether the change would leave the object as it is.</summary>
    /// <param name="live">The object that is there.</param>
    /// <param name="result">What it would become.</param>
    /// <param name="differences">The fields in which the two differ.</param>
    public static bool IsSame(KubernetesObject live, KubernetesObject result, IReadOnlyList<FieldDifference> differences)
    {
        if (differences.Count > 0)
            return false;
        var before = live.Metadata.Objects("managedFields").ToList();
        var after = result.Metadata.Objects("managedFields").ToList();
        return before.Count == after.Count && before.All(entry => after.Exists(other => IsSame(entry, other)));
    }

    private static bool IsSame(JsonPart entry, JsonPart other) =>
        entry.Text("manager") == other.Text("manager") && entry.Text("operation") == other.Text("operation") && entry.Text("apiVersion") == other.Text("apiVersion")
        && entry.Text("subresource") == other.Text("subresource")
        && entry.Member("fieldsV1") is { ValueKind: not JsonValueKind.Undefined } fields && other.Member("fieldsV1") is { ValueKind: not JsonValueKind.Undefined } others
        && FieldComparison.Same(fields, others);
}
