using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests;

/// <summary>Who owns an object on its cluster, as its managedFields tell. What was written to a subresource does not count.</summary>
public static class FieldOwners
{
    private static readonly Comparison<(FieldOwner Owner, int Fields)> s_order = (left, right) =>
    {
        var byFields = right.Fields.CompareTo(left.Fields);
        if (byFields != 0)
            return byFields;
        var byManager = string.CompareOrdinal(left.Owner.Manager, right.Owner.Manager);
        return byManager != 0 ? byManager : string.CompareOrdinal(left.Owner.Operation, right.Owner.Operation);
    };

    /// <summary>The owners, the one of most fields first; owners of as many fields by name. Empty where nothing is known.</summary>
    public static IReadOnlyList<FieldOwner> Of(KubernetesObject o)
    {
        var entries = o.Metadata.Member("managedFields"u8);
        if (entries.ValueKind != JsonValueKind.Array)
            return [];
        var owners = new List<(FieldOwner Owner, int Fields)>(entries.GetArrayLength());
        foreach (var entry in entries.EnumerateArray())
        {
            if (entry.Member("subresource"u8) is { ValueKind: JsonValueKind.String } subresource && !subresource.ValueEquals(""u8))
                continue;
            var operation = entry.Member("operation"u8);
            var owner = new FieldOwner(entry.Member("manager"u8).Text() ?? "", operation.Is("Apply"u8) ? "Apply" : operation.Is("Update"u8) ? "Update" : operation.Text() ?? "Update");
            var fields = Count(entry.Member("fieldsV1"u8));
            var known = owners.FindIndex(other => other.Owner == owner);
            if (known >= 0)
                owners[known] = (owner, owners[known].Fields + fields);
            else
                owners.Add((owner, fields));
        }

        if (owners.Count > 1)
            owners.Sort(s_order);
        return owners.ConvertAll(owner => owner.Owner);
    }

    // The fields of a set are its leaves; "." says that the field above is owned itself.
    private static int Count(JsonPart fields)
    {
        if (fields.ValueKind != JsonValueKind.Object)
            return 0;
        var count = 0;
        foreach (var member in fields.EnumerateObject())
        {
            // Servers before 1.20 note the status of built-in kinds without its subresource.
            if (member.NameEquals("f:status"u8))
                continue;
            var inner = Count(member.Value);
            count += inner == 0 ? 1 : inner;
        }

        return count;
    }
}
