using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Workloads;

/// <summary>
/// Who is to own fields of an object after it was written, as a JSON merge patch of its managedFields alone: no value
/// changes. The patch is for the object as it was seen; somebody else's change between is a conflict.
/// </summary>
internal static class FieldTransfer
{
    /// <summary>Fields go from one manager to an update of another one.</summary>
    /// <param name="live">The object as it is.</param>
    /// <param name="from">Who owns them. What it does not own stays where it is.</param>
    /// <param name="to">Who is to own them, as if it had updated them.</param>
    /// <param name="paths">The fields. What is in a list or a mapping that is owned as a whole goes with that.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where there is nothing to be moved.</returns>
    public static byte[]? Move(KubernetesObject live, FieldManager from, string to, IReadOnlyList<FieldPath> paths, DateTimeOffset now)
    {
        if (FieldOwnership.Managed(live) is not { } managed)
            return null;
        var moved = false;
        foreach (var entry in managed.OfType<JsonObject>().Where(e => FieldOwnership.IsOf(e, from)).ToList())
        {
            if (entry["fieldsV1"] is not JsonObject fields)
                continue;
            foreach (var path in paths)
            {
                if (Take(fields, path.Steps) is not { } taken)
                    continue;
                moved = true;
                Merge(FieldOwnership.FieldsOf(managed, new FieldManager(to, "Update"), FieldOwnership.Text(entry, "apiVersion"), now), taken);
            }
            if (fields.Count == 0)
                managed.Remove(entry);
        }
        return moved ? FieldOwnership.PatchOf(live, managed) : null;
    }

    /// <summary>What a manager has applied, and others own as well, it no longer owns. What it alone owns stays its own.</summary>
    /// <param name="live">The object as it is.</param>
    /// <param name="manager">The manager.</param>
    /// <returns>Null where nothing is shared.</returns>
    public static byte[]? GiveUpShared(KubernetesObject live, string manager)
    {
        if (FieldOwnership.Managed(live) is not { } managed)
            return null;
        var changed = false;
        foreach (var entry in managed.OfType<JsonObject>().Where(e => FieldOwnership.IsOf(e, new FieldManager(manager, "Apply"))).ToList())
        {
            if (entry["fieldsV1"] is not JsonObject fields)
                continue;
            // The same path in another version may be another field.
            var others = managed.OfType<JsonObject>()
                .Where(e => FieldOwnership.Text(e, "manager") != manager && FieldOwnership.Text(e, "apiVersion") == FieldOwnership.Text(entry, "apiVersion"))
                .Select(e => e["fieldsV1"]).OfType<JsonObject>().ToList();
            changed |= GiveUp(fields, others);
            if (fields.Count == 0)
                managed.Remove(entry);
        }
        return changed ? FieldOwnership.PatchOf(live, managed) : null;
    }

    private static bool GiveUp(JsonObject ours, List<JsonObject> others)
    {
        var changed = false;
        foreach (var (name, value) in ours.ToList())
        {
            if (name == ".")
            {
                if (others.Exists(o => o.ContainsKey(".")))
                    changed |= ours.Remove(name);
                continue;
            }
            var theirs = others.Select(o => o[name]).OfType<JsonObject>().ToList();
            if (theirs.Count == 0 || value is not JsonObject inner)
                continue;
            if (inner.Count == 0)
            {
                if (theirs.Exists(t => t.Count == 0 || t.ContainsKey(".")))
                    changed |= ours.Remove(name);
                continue;
            }
            changed |= GiveUp(inner, theirs);
            if (inner.Count == 0)
                ours.Remove(name);
        }
        return changed;
    }

    // What is taken out, below the names that lead to it.
    private static JsonObject? Take(JsonObject fields, ReadOnlySpan<FieldStep> steps)
    {
        string[] names = steps[0].Name is { } step ? [$"f:{step}"] : [.. fields.Select(f => f.Key).Where(k => k != ".")];
        JsonObject? taken = null;
        foreach (var name in names)
        {
            if (fields[name] is not JsonObject inner)
                continue;
            JsonObject? part;
            if (steps.Length == 1 || inner.Count == 0)
            {
                fields.Remove(name);
                part = inner;
            }
            else
            {
                part = Take(inner, steps[1..]);
                if (inner.Count == 0)
                    fields.Remove(name);
            }
            if (part is not null)
                (taken ??= [])[name] = part;
        }
        return taken;
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from.ToList())
        {
            if (into[name] is JsonObject there && value is JsonObject inner)
                Merge(there, inner);
            else
                into[name] = value?.DeepClone();
        }
    }
}
