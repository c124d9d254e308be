using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>
/// Holding an object back and giving it back, as a change of its JSON: nothing is read or written here. Holding what is
/// held keeps what was first.
/// </summary>
public static class WorkloadHold
{
    /// <summary>The annotation in which an object says that it is held, and what it was before.</summary>
    public const string Annotation = HoldState.Annotation;

    /// <summary>The annotation by which an object says which upgrade made it.</summary>
    public const string UpgradeAnnotation = "konupgrade.dev/upgrade";

    /// <summary>
    /// Whether an object says that it is held. The annotation itself may be damaged. A Deployment's controller copies its
    /// annotations to its ReplicaSets: those are not held themselves.
    /// </summary>
    public static bool IsHeld(KubernetesObject o) =>
        o.Metadata.Member("annotations"u8).Member("konupgrade.dev/held"u8).ValueKind != JsonValueKind.Undefined
        && (o.Kind != "ReplicaSet" || ControllerOf(o) is null);

    /// <summary>The fields by which an object is held, and the annotation that says so; none where it is not held.</summary>
    /// <exception cref="UpgradeException">HoldStateDamaged.</exception>
    public static IReadOnlyList<FieldPath> PathsOf(KubernetesObject o) =>
        IsHeld(o) ? [.. HoldState.Of(JsonTree.Parse(o.Json), o.ToString())!.Fields.Select(f => f.Path).Distinct(), .. new[] { Annotation, UpgradeAnnotation }.Where(name => o.Annotation(name) is not null).Select(name => FieldPath.Of("metadata", "annotations", name))] : [];

    /// <summary>Whether an object has, in every field by which its kind is held, a value that holds: whoever gave it that, it does not run.</summary>
    public static bool Rests(KubernetesObject o, HoldMeans means)
    {
        var root = JsonTree.Parse(o.Json);
        return means.Fields.All(field => FieldPlace.Of(root, field.Path).All(place => field.IsHeldBy(place.Value)));
    }

    /// <summary>Holds an object.</summary>
    /// <param name="o">The object.</param>
    /// <param name="means">By what its kind is held.</param>
    /// <param name="request">When and why.</param>
    /// <exception cref="UpgradeException">HoldStateDamaged, HoldNotPossible.</exception>
    public static HoldResult Hold(KubernetesObject o, HoldMeans means, HoldRequest request)
    {
        if (ControllerOf(o, means) is { } controller)
            return new HoldResult(HoldOutcome.Owned, o.Json, []) { Note = $"Its controller, {controller}, decides whether it runs." };
        if (IsOver(o))
            return new HoldResult(HoldOutcome.Over, o.Json, []) { Note = "It is over." };
        var root = JsonTree.Parse(o.Json);
        var state = HoldState.Of(root, o.ToString());
        var values = new List<HeldValue>(state?.Fields ?? []);
        var fields = new List<HeldField>();
        foreach (var field in means.Fields)
        {
            var places = FieldPlace.Of(root, field.Path);
            var known = KnownAt(values, field.Path, places);
            foreach (var place in places)
            {
                var value = place.Value;
                if (field.IsHeldBy(value))
                    continue;
                var holding = field.Value(request.Now)!;
                // What is in a list belongs with the list to its owner, also where it is not there yet.
                var owners = FieldOwnership.Of(o, field.Path) is { Count: > 0 } live ? live : (value is not null || IsInList(field.Path)) && request.Owner is { } owner ? [owner] : [];
                var was = value?.DeepClone();
                var like = place.IsNamed ? null : place.Likeness;
                var made = place.Set(holding.DeepClone());
                var held = new HeldValue { Path = field.Path, Item = place.Item, Like = like, Was = was, Held = holding, Made = made, Owners = owners };
                if (!known.TryGetValue(place, out var at))
                    values.Add(held);
                // What it is held by is another value now, and what was first stays.
                else if (JsonNode.DeepEquals(was, values[at].Held))
                    values[at] = values[at] with { Held = held.Held };
                // Where somebody has changed it since it was held, that is what comes back.
                else
                    values[at] = held with { Made = Math.Max(made, values[at].Made), Owners = IsGivenBack(o, values[at], was) ? values[at].Owners : owners };
                fields.Add(new HeldField { Path = place.Text, Before = JsonTree.Text(was), After = JsonTree.Text(holding) });
            }
        }
        if (fields.Count == 0)
            return new HoldResult(state is null ? HoldOutcome.AtRest : HoldOutcome.HeldAlready, o.Json, []) { Note = state is null ? "It does not run: there is nothing to hold." : "It is held already.", Upgrade = state?.Upgrade };
        var upgrade = request.Upgrade ?? state?.Upgrade;
        Annotations(root)[HoldState.Annotation] = new HoldState { Fields = values, Upgrade = upgrade, Reason = request.Reason ?? state?.Reason, Needs = request.Needs.Count > 0 ? request.Needs : state?.Needs ?? [], Outward = request.Outward ?? state?.Outward }.ToString();
        return new HoldResult(HoldOutcome.Held, JsonTree.Write(root), fields) { Upgrade = upgrade };
    }

    /// <summary>Gives back what was before an object was held.</summary>
    /// <returns>Null where it is not held.</returns>
    /// <exception cref="UpgradeException">HoldStateDamaged.</exception>
    public static ReleaseResult? Release(KubernetesObject o)
    {
        if (!IsHeld(o))
            return null;
        var root = JsonTree.Parse(o.Json);
        var state = HoldState.Of(root, o.ToString())!;
        var fields = new List<HeldField>();
        var kept = new List<string>();
        var owners = new List<ReleasedOwner>();
        var changes = new List<KeyValuePair<FieldPath, ReadOnlyMemory<byte>?>>();
        var found = PlacesOf(root, state.Fields);
        for (var i = 0; i < found.Length; i++)
        {
            var value = state.Fields[i];
            if (found[i] is not { } place)
            {
                kept.Add($"{value.Text} is not given back ({JsonTree.Text(value.Was) ?? "it was not there"}): the element of the list that it was in is gone, or can't be told from others.");
                continue;
            }
            var now = place.Value;
            if (!JsonNode.DeepEquals(now, value.Held))
            {
                // Given back by a run that was stopped before it could say whose it is again.
                if (IsGivenBack(o, value, now))
                {
                    owners.Add(new ReleasedOwner(value.Path, value.Owners));
                    continue;
                }

                kept.Add($"{place.Text} was changed since it was held, and is left as it is: {JsonTree.Text(now) ?? "(none)"}.");
                continue;
            }
            if (value.Was is null)
                place.Remove(value.Made);
            else
                place.Set(value.Was.DeepClone());
            // What rests by its owner's wish stays as it is.
            if (!JsonNode.DeepEquals(now, value.Was))
                fields.Add(new HeldField { Path = place.Text, Before = JsonTree.Text(now), After = JsonTree.Text(value.Was) });
            owners.Add(new ReleasedOwner(value.Path, value.Owners));
            changes.Add(KeyValuePair.Create<FieldPath, ReadOnlyMemory<byte>?>(place.Path, value.Was is null ? (ReadOnlyMemory<byte>?)null : JsonTree.Write(value.Was)));
        }
        var annotations = Annotations(root);
        annotations.Remove(HoldState.Annotation);
        if (annotations.Count == 0)
            ((JsonObject)root["metadata"]!).Remove("annotations");
        return new ReleaseResult(JsonTree.Write(root), fields, kept, owners) { Upgrade = state.Upgrade, Reason = state.Reason, Needs = state.Needs, Outward = state.Outward, Changes = changes };
    }

    // Where it was not there before, a server may have given it its default.
    private static bool IsGivenBack(KubernetesObject o, HeldValue value, JsonNode? now) =>
        JsonNode.DeepEquals(now, value.Was) || (value.Was is null && FieldOwnership.Of(o, value.Path).Any(owner => owner.Manager == OurFieldManager.Name));

    private static JsonObject Annotations(JsonObject root)
    {
        if (root["metadata"] is not JsonObject metadata)
            root["metadata"] = metadata = [];
        if (metadata["annotations"] is not JsonObject annotations)
            metadata["annotations"] = annotations = [];
        return annotations;
    }

    // All values of a path are looked for together: what is taken by one is not another's.
    private static FieldPlace?[] PlacesOf(JsonObject root, IReadOnlyList<HeldValue> values)
    {
        var places = new FieldPlace?[values.Count];
        foreach (var path in Enumerable.Range(0, values.Count).GroupBy(i => values[i].Path))
        {
            var found = ElementMatch.Find([.. path.Select(i => Sought(values[i]))], FieldPlace.Of(root, path.Key));
            foreach (var (i, place) in path.Zip(found))
                places[i] = place;
        }
        return places;
    }

    // Which of the values that are known stands for a place.
    internal static Dictionary<FieldPlace, int> KnownAt(List<HeldValue> values, FieldPath path, List<FieldPlace> places)
    {
        int[] ofPath = [.. Enumerable.Range(0, values.Count).Where(i => values[i].Path == path)];
        var found = ElementMatch.Find([.. ofPath.Select(i => Sought(values[i]))], places);
        return ofPath.Zip(found).Where(pair => pair.Second is not null).ToDictionary(pair => pair.Second!, pair => pair.First);
    }

    private static ElementMatch.Sought Sought(HeldValue value) => new(value.Item, value.Like, value.Was);

    /// <summary>The controller that decides whether an object runs, which can't be held for itself then; null where none does.</summary>
    internal static string? ControllerOf(KubernetesObject o, HoldMeans means) => means.OnlyUnowned ? ControllerOf(o) : null;

    /// <summary>Whether an object can be held at all: no controller decides whether it runs, and it has not come to its end.</summary>
    internal static bool CanBeHeld(KubernetesObject o, HoldMeans means) => ControllerOf(o, means) is null && !IsOver(o);

    private static string? ControllerOf(KubernetesObject o) =>
        o.Controller is { ValueKind: JsonValueKind.Object } owner ? $"{owner.Text("kind")} {owner.Text("name")}" : null;

    /// <summary>Whether it is a Job that has come to its end: it starts nothing any more.</summary>
    internal static bool IsOver(KubernetesObject o) => o is { Group: "batch", Kind: "Job" } && o.Root.Member("status").Objects("conditions")
        .Any(c => c.Text("type") is "Complete" or "Failed" && c.Text("status") == "True");

    internal static bool IsInList(FieldPath path)
    {
        foreach (var step in path.Steps)
        {
            if (step.Name is null)
                return true;
        }
        return false;
    }
}

/// <summary>When and why something is held.</summary>
/// <param name="Now">The time.</param>
public sealed record HoldRequest(DateTimeOffset Now)
{
    /// <summary>Why, beyond being asked for; null where that is all. It is kept with the object.</summary>
    public string? Reason { get; init; }

    /// <summary>The upgrade that holds it; null where a command by itself does. It is kept with the object, unless that was held before.</summary>
    public string? Upgrade { get; init; }

    /// <summary>What must be there before it may run. It is kept with the object.</summary>
    public IReadOnlyList<HoldNeed> Needs { get; init; } = [];

    /// <summary>That it would act on the world outside, where that is why. It is kept with the object.</summary>
    public HoldOutward? Outward { get; init; }

    /// <summary>Who owns the fields, where the object itself does not say so.</summary>
    public FieldManager? Owner { get; init; }
}

/// <summary>What became of an object that was to be held.</summary>
public enum HoldOutcome
{
    /// <summary>It is held now.</summary>
    Held,

    /// <summary>It was held before.</summary>
    HeldAlready,

    /// <summary>It does not run, by its owner's own wish.</summary>
    AtRest,

    /// <summary>It has come to its end.</summary>
    Over,

    /// <summary>A controller decides whether it runs.</summary>
    Owned,
}

/// <summary>An object that was to be held.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Json">It, held where it had to be.</param>
/// <param name="Fields">What was changed.</param>
public sealed record HoldResult(HoldOutcome Outcome, ReadOnlyMemory<byte> Json, IReadOnlyList<HeldField> Fields)
{
    /// <summary>Why nothing was changed; null where something was.</summary>
    public string? Note { get; init; }

    /// <summary>The upgrade that holds it; null where none does, or a command by itself.</summary>
    public string? Upgrade { get; init; }
}

/// <summary>An object that was given back.</summary>
/// <param name="Json">It, as it was before, without our annotation.</param>
/// <param name="Fields">What was changed.</param>
/// <param name="Kept">What was left, since somebody has changed it meanwhile, in words for people.</param>
/// <param name="Owners">Who owned the fields that were given back.</param>
public sealed record ReleaseResult(ReadOnlyMemory<byte> Json, IReadOnlyList<HeldField> Fields, IReadOnlyList<string> Kept, IReadOnlyList<ReleasedOwner> Owners)
{
    /// <summary>Why it was held, beyond being asked for; null where that was all.</summary>
    public string? Reason { get; init; }

    /// <summary>The upgrade that held it; null where a command by itself did.</summary>
    public string? Upgrade { get; init; }

    /// <summary>What must be there before it may run.</summary>
    public IReadOnlyList<HoldNeed> Needs { get; init; } = [];

    /// <summary>That it would act on the world outside; null where that is not why it was held.</summary>
    public HoldOutward? Outward { get; init; }

    /// <summary>The fields with the values that they get, as JSON; null where the field goes.</summary>
    public IReadOnlyList<KeyValuePair<FieldPath, ReadOnlyMemory<byte>?>> Changes { get; init; } = [];
}

/// <summary>Who owned a field before it was held; nobody where it was not there.</summary>
public sealed record ReleasedOwner(FieldPath Path, IReadOnlyList<FieldManager> Managers);
