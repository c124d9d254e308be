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
    /// <summary>
    /// What makes fields belong to those who owned them before they were held, and to nobody else. Values stay as they
    /// are: a server gives a field to whoever changes it, so this comes after the change. What somebody else has taken
    /// since stays theirs.
    /// </summary>
    /// <param name="live">The object as it is.</param>
    /// <param name="owners">The fields and their owners.</param>
    /// <param name="ours">The managers in whose name the fields were changed.</param>
    /// <param name="now">The time.</param>
    /// <returns>The JSON merge patch; null where they belong to them already.</returns>
    public static byte[]? Restore(KubernetesObject live, IReadOnlyList<ReleasedOwner> owners, IReadOnlyList<string> ours, DateTimeOffset now)
    {
        if (ManagedEntries.Of(live) is not { } managed)
            return null;
        var changed = false;
        foreach (var owner in owners)
        {
            if (NamesOf(owner.Path) is not { } names || (owner.Managers.Count == 0 && names.Length < owner.Path.Steps.Length))
                continue;
            names = OwnedAsAWhole(managed, ours, names);
            // What we do not own any more somebody has taken since, with a value of their own.
            if (!managed.OfType<JsonObject>().Any(e => ManagedEntries.Text(e, "subresource").Length == 0 && ours.Contains(ManagedEntries.Text(e, "manager")) && e["fieldsV1"] is JsonObject own && Has(own, names)))
                continue;
            foreach (var entry in managed.OfType<JsonObject>().Where(e => ManagedEntries.Text(e, "subresource").Length == 0).ToList())
            {
                var manager = new FieldManager(ManagedEntries.Text(entry, "manager"), ManagedEntries.Text(entry, "operation"));
                if (owner.Managers.Contains(manager) || (owner.Managers.Count == 0 && !ours.Contains(manager.Manager)) || entry["fieldsV1"] is not JsonObject fields || !Remove(fields, names))
                    continue;
                changed = true;
                if (fields.Count == 0)
                    managed.Remove(entry);
            }
            foreach (var manager in owner.Managers)
                changed |= Add(managed, manager, names, live.ApiVersion, now);
        }
        return changed ? ManagedEntries.PatchOf(live, managed) : null;
    }

    /// <summary>Fields go from one manager to an update of another one.</summary>
    /// <param name="live">The object as it is.</param>
    /// <param name="from">Who owns them. What it does not own stays where it is.</param>
    /// <param name="to">Who is to own them, as if it had updated them.</param>
    /// <param name="paths">The fields. What is in a list or a mapping that is owned as a whole goes with that.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where there is nothing to be moved.</returns>
    public static byte[]? Move(KubernetesObject live, FieldManager from, string to, IReadOnlyList<FieldPath> paths, DateTimeOffset now)
    {
        if (ManagedEntries.Of(live) is not { } managed)
            return null;
        var moved = false;
        foreach (var entry in managed.OfType<JsonObject>().Where(e => ManagedEntries.IsOf(e, from)).ToList())
        {
            if (entry["fieldsV1"] is not JsonObject fields)
                continue;
            foreach (var path in paths)
            {
                if (Take(fields, path.Steps) is not { } taken)
                    continue;
                moved = true;
                Merge(ManagedEntries.FieldsOf(managed, new FieldManager(to, "Update"), ManagedEntries.Text(entry, "apiVersion"), now), taken);
            }
            if (fields.Count == 0)
                managed.Remove(entry);
        }
        return moved ? ManagedEntries.PatchOf(live, managed) : null;
    }

    /// <summary>All that one manager owns goes to another.</summary>
    /// <param name="live">The object as it is.</param>
    /// <param name="from">Who owns it.</param>
    /// <param name="to">Who is to own it.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where there is nothing to be moved.</returns>
    public static byte[]? MoveAll(KubernetesObject live, FieldManager from, FieldManager to, DateTimeOffset now)
    {
        if (ManagedEntries.Of(live) is not { } managed || managed.OfType<JsonObject>().FirstOrDefault(e => ManagedEntries.IsOf(e, from)) is not { } entry)
            return null;
        managed.Remove(entry);
        if (entry["fieldsV1"] is JsonObject fields)
            Merge(ManagedEntries.FieldsOf(managed, to, ManagedEntries.Text(entry, "apiVersion"), now), fields);
        return ManagedEntries.PatchOf(live, managed);
    }

    /// <summary>What a manager has applied, and others own as well, it no longer owns. What it alone owns stays its own.</summary>
    /// <param name="live">The object as it is.</param>
    /// <param name="manager">The manager.</param>
    /// <returns>Null where nothing is shared.</returns>
    public static byte[]? GiveUpShared(KubernetesObject live, string manager)
    {
        if (ManagedEntries.Of(live) is not { } managed)
            return null;
        var changed = false;
        foreach (var entry in managed.OfType<JsonObject>().Where(e => ManagedEntries.IsOf(e, new FieldManager(manager, "Apply"))).ToList())
        {
            if (entry["fieldsV1"] is not JsonObject fields)
                continue;
            // The same path in another version may be another field.
            var others = managed.OfType<JsonObject>()
                .Where(e => ManagedEntries.Text(e, "manager") != manager && ManagedEntries.Text(e, "apiVersion") == ManagedEntries.Text(entry, "apiVersion"))
                .Select(e => e["fieldsV1"]).OfType<JsonObject>().ToList();
            changed |= GiveUp(fields, others);
            if (fields.Count == 0)
                managed.Remove(entry);
        }
        return changed ? ManagedEntries.PatchOf(live, managed) : null;
    }

    private static bool Add(JsonArray managed, FieldManager manager, string[] names, string apiVersion, DateTimeOffset now)
    {
        var at = ManagedEntries.FieldsOf(managed, manager, apiVersion, now);
        var added = false;
        foreach (var name in names)
        {
            if (at[name] is not JsonObject next)
            {
                at[name] = next = [];
                added = true;
            }
            at = next;
        }
        return added;
    }

    private static bool Has(JsonObject fields, ReadOnlySpan<string> names) =>
        fields[names[0]] is JsonObject inner && (names.Length == 1 || Has(inner, names[1..]));

    private static bool Remove(JsonObject fields, ReadOnlySpan<string> names)
    {
        if (names.Length == 1)
            return fields.Remove(names[0]);
        if (fields[names[0]] is not JsonObject inner || !Remove(inner, names[1..]))
            return false;
        if (inner.Count == 0)
            fields.Remove(names[0]);
        return true;
    }

    // Down to the mapping that was changed as a whole, as a node selector is: that is what changed hands.
    private static string[] OwnedAsAWhole(JsonArray managed, IReadOnlyList<string> ours, string[] names)
    {
        foreach (var entry in managed.OfType<JsonObject>().Where(e => ManagedEntries.Text(e, "subresource").Length == 0 && ours.Contains(ManagedEntries.Text(e, "manager"))))
        {
            var at = entry["fieldsV1"] as JsonObject;
            for (var depth = 0; depth < names.Length && at is not null; depth++)
            {
                if (depth > 0 && at.Count == 0)
                    return names[..depth];
                at = at[names[depth]] as JsonObject;
            }
        }
        return names;
    }

    // Down to the list, where the path leads through one: such a list is owned as a whole.
    private static string[]? NamesOf(FieldPath path)
    {
        var names = new List<string>();
        foreach (var step in path.Steps)
        {
            if (step.Name is null)
                break;
            names.Add($"f:{step.Name}");
        }
        return names.Count == 0 ? null : [.. names];
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
                // A mapping that is left empty was only there for what was taken: owned as such, it would be owned as a whole.
                if (inner.Count == 0 || (part is not null && name.StartsWith("f:", StringComparison.Ordinal) && inner.Count == 1 && inner.ContainsKey(".")))
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
