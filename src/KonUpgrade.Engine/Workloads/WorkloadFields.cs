using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>Fields that hold, seen from somebody who changes the rest of an object.</summary>
public static class WorkloadFields
{
    /// <summary>Whether a manager owns a field by an operation.</summary>
    public static bool IsOwned(KubernetesObject live, FieldPath path, string manager, string operation) =>
        FieldOwnership.Of(live, path).Contains(new FieldManager(manager, operation));

    /// <summary>
    /// The fields by which a kind is held that differ between two objects. One that is there in only one of them counts
    /// where one of both rests by it and the other does not: absent, it has a default.
    /// </summary>
    /// <param name="wanted">The object that was to be.</param>
    /// <param name="there">The object that is there.</param>
    /// <param name="means">By what the kind is held.</param>
    /// <returns>The fields; the reference is what was to be.</returns>
    internal static IReadOnlyList<FieldDifference> Differences(JsonObject wanted, JsonObject there, HoldMeans means)
    {
        var found = new List<FieldDifference>();
        foreach (var field in means.Fields)
        {
            foreach (var (place, other) in Pairs(wanted, there, field.Path))
            {
                if (IsSame(field, place.Value, other.Value))
                    continue;
                found.Add(new FieldDifference { Path = place.Text, Reference = JsonTree.Text(place.Value), Difference = JsonTree.Text(other.Value) });
            }
        }
        return found;
    }

    /// <summary>Whether two values of a field mean the same: absent, it has a default, and some fields hold by any value.</summary>
    internal static bool IsSame(HoldingField field, JsonNode? one, JsonNode? other) =>
        JsonNode.DeepEquals(one, other) || ((one is null || other is null || field.Json is null) && field.IsHeldBy(one) == field.IsHeldBy(other));

    /// <summary>Makes a field of one object what it is in another one; where it is not there, it is not here either.</summary>
    /// <param name="wanted">The object that is changed.</param>
    /// <param name="there">The object that has the say.</param>
    /// <param name="path">The field.</param>
    /// <param name="tell">Whether a plain field is told. Fields in lists always are: their elements are told as a whole.</param>
    internal static void Keep(JsonObject wanted, JsonObject there, FieldPath path, bool tell)
    {
        foreach (var (place, other) in Pairs(wanted, there, path))
        {
            if (other.Value is { } value && (tell || place.Item is not null))
                place.Set(value.DeepClone());
            else
                place.Remove(int.MaxValue);
        }
    }

    // The same element in both. One that is new, or can't be told, has no say of its own yet.
    private static List<(FieldPlace Wanted, FieldPlace There)> Pairs(JsonObject wanted, JsonObject there, FieldPath path)
    {
        var places = FieldPlace.Of(wanted, path);
        var found = ElementMatch.Find([.. places.Select(p => p.Sought)], FieldPlace.Of(there, path));
        return [.. places.Zip(found).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!))];
    }
}
