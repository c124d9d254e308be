using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>
/// What a held object gets back when it is released, brought to what is wanted by now. Nothing of it runs by that: the
/// fields that hold stay as they are, and the annotation alone is written.
/// </summary>
/// <param name="Patch">The JSON merge patch, for the object as it was looked at.</param>
/// <param name="Fields">The fields; the reference is what is wanted, the difference what it would have got back.</param>
internal sealed record HoldRevision(byte[] Patch, IReadOnlyList<FieldDifference> Fields)
{
    /// <summary>Looks at an object that is held, or that rests by its own fields and has to be held where it is to run.</summary>
    /// <param name="live">The object that is there.</param>
    /// <param name="wanted">What it is to be when it is released.</param>
    /// <param name="means">By what its kind is held.</param>
    /// <param name="request">Why, by now; and who owns the fields.</param>
    /// <returns>Null where it gets back what is wanted, and where it is not held and does not rest.</returns>
    /// <exception cref="UpgradeException">HoldStateDamaged.</exception>
    public static HoldRevision? Of(KubernetesObject live, JsonObject wanted, HoldMeans means, HoldRequest request)
    {
        var root = JsonTree.Parse(live.Json);
        var state = HoldState.Of(root, live.ToString());
        if (state is null && !(WorkloadHold.CanBeHeld(live, means) && WorkloadHold.Rests(live, means)))
            return null;
        var values = new List<HeldValue>(state?.Fields ?? []);
        var fields = new List<FieldDifference>();
        foreach (var field in means.Fields)
        {
            var places = FieldPlace.Of(root, field.Path);
            var known = WorkloadHold.KnownAt(values, field.Path, places);
            var sought = FieldPlace.Of(wanted, field.Path);
            var found = ElementMatch.Find([.. sought.Select(p => p.Sought)], places);
            foreach (var (to, at) in sought.Zip(found))
            {
                // An element that is not there yet, or can't be told, has nothing to get back.
                if (at is not { } place)
                    continue;
                var isKnown = known.TryGetValue(place, out var index);
                // What somebody has changed since it was held stays as it is at the release, too.
                if (isKnown ? !JsonNode.DeepEquals(place.Value, values[index].Held) : !field.IsHeldBy(place.Value))
                    continue;
                var before = isKnown ? values[index].Was : place.Value;
                if (WorkloadFields.IsSame(field, to.Value, before))
                    continue;
                fields.Add(new FieldDifference { Path = place.Text, Reference = JsonTree.Text(to.Value), Difference = JsonTree.Text(before) });
                var was = to.Value?.DeepClone();
                var owners = isKnown ? values[index].Owners : FieldOwnership.Of(live, field.Path);
                if (was is null && !WorkloadHold.IsInList(field.Path))
                    owners = [];
                else if (owners.Count == 0 && request.Owner is { } owner)
                    owners = [owner];
                if (isKnown)
                    values[index] = values[index] with { Was = was, Owners = owners };
                else
                    values.Add(new HeldValue { Path = field.Path, Item = place.Item, Like = place.IsNamed ? null : place.Likeness, Was = was, Held = place.Value!.DeepClone(), Owners = owners });
            }
        }

        if (fields.Count == 0)
            return null;
        var next = (state ?? new HoldState { Fields = [], Upgrade = request.Upgrade }) with
        {
            Fields = values,
            Reason = request.Reason ?? state?.Reason,
            Needs = request.Needs.Count > 0 ? request.Needs : state?.Needs ?? [],
            Outward = request.Outward ?? state?.Outward,
        };
        var metadata = new JsonObject
        {
            ["resourceVersion"] = live.ResourceVersion,
            ["uid"] = live.Uid,
            ["annotations"] = new JsonObject { [WorkloadHold.Annotation] = next.ToString() },
        };
        return new HoldRevision(JsonTree.Write(new JsonObject { ["metadata"] = metadata }), fields);
    }
}
