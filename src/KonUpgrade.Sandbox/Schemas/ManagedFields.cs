using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// Who owns which field: server-side apply and the tracking of every other write, after structured-merge-diff and the
/// API server's field manager (Kubernetes documentation, Server-Side Apply).
/// </summary>
internal static class ManagedFields
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Fields that nobody owns.</summary>
    private static readonly FieldSet NeverOwned = SetOf(
        ["f:apiVersion"], ["f:kind"], ["f:metadata"], ["f:metadata", "f:name"], ["f:metadata", "f:namespace"],
        ["f:metadata", "f:creationTimestamp"], ["f:metadata", "f:selfLink"], ["f:metadata", "f:uid"], ["f:metadata", "f:clusterName"],
        ["f:metadata", "f:generation"], ["f:metadata", "f:managedFields"], ["f:metadata", "f:resourceVersion"]);

    private static readonly FieldSet Status = SetOf([["f:status"]]);

    // What a built-in kind of nothing looks like; a constant of its schema.
    private static readonly ConditionalWeakTable<SchemaNode, JsonObject> EmptyObjects = new();

    /// <summary>
    /// Server-side apply. <paramref name="live"/> is what is stored, in the request's version and with its managedFields,
    /// or null when there is nothing yet. Neither it nor <paramref name="applied"/> is changed.
    /// </summary>
    public static ApplyOutcome Apply(JsonObject? live, JsonObject applied, FieldManager manager, bool force)
    {
        var misfits = FieldMisfits.Of(applied, manager.Schema);
        if (misfits.Count > 0)
            return new ApplyOutcome { Problem = TypedProblem(applied, manager, misfits) };

        var before = live is null ? Empty(manager.Schema, applied) : Unmanaged(live);
        var entries = ManagedEntries.Read(live) ?? [];
        if (entries.Count == 0 && live is not null)
        {
            // Written before anybody's fields were tracked: whatever is there belongs to a manager of its own.
            Track(Empty(manager.Schema, applied), before, entries, manager with { Name = "before-first-apply" });
        }

        var outcome = Merge(before, applied, entries, manager, force);
        if (outcome.Conflicts.Count > 0 && manager.Name == "kubectl" && !force && live is not null)
            outcome = ForgiveLastApplied(before, applied, entries, manager, outcome);
        if (outcome.Object is not { } merged)
            return new ApplyOutcome { Conflicts = outcome.Conflicts.Select(c => new FieldConflict(c.Entry.Print(), FieldSet.Print(c.Path))).ToList() };

        if (manager.Name == "kubectl" && merged["metadata"]?["annotations"] is JsonObject annotations && Json.Text(annotations[LastApplied]) is { Length: > 0 })
            annotations[LastApplied] = LastAppliedText(applied);
        ManagedEntries.Write(merged, KeepTimes(live, merged, outcome.Entries));
        return new ApplyOutcome { Object = merged };
    }

    /// <summary>
    /// Gives the fields that a create, update or patch changed to its manager, and takes them from the others. Writes
    /// metadata.managedFields of <paramref name="after"/>, which is the object as it will be stored, defaulted.
    /// </summary>
    public static void TrackUpdate(JsonObject? before, JsonObject after, FieldManager manager)
    {
        var sent = (after["metadata"] as JsonObject)?["managedFields"] as JsonArray;
        var reset = manager.Subresource is null && sent is not null && (sent.Count == 0 || (sent.Count == 1 && sent[0] is JsonObject { Count: 0 }));
        (after["metadata"] as JsonObject)?.Remove("managedFields");
        List<ManagedEntry>? entries = null;
        if (reset)
        {
            entries = [];
        }
        else
        {
            // A client may write managedFields itself; one that leaves them out does not thereby delete them.
            if (manager.Subresource is null && sent is { Count: > 0 })
                entries = ManagedEntries.Read(new JsonObject { ["metadata"] = new JsonObject { ["managedFields"] = sent } });
            if (entries is null or { Count: 0 })
                entries = ManagedEntries.Read(before) ?? [];
        }
        // An object that is not tracked stays so until it is applied to.
        if (entries.Count == 0 && before is not null)
            return;
        var live = before is null ? Empty(manager.Schema, after) : Unmanaged(before);
        Track(live, after, entries, manager);
        ManagedEntries.Cap(entries);
        ManagedEntries.Write(after, KeepTimes(before, after, entries));
    }

    /// <summary>Drops the entries without changing anything else.</summary>
    public static JsonObject Unmanaged(JsonObject obj)
    {
        var copy = new JsonObject();
        foreach (var (name, value) in obj)
        {
            if (name == "metadata" && value is JsonObject metadata)
            {
                var slim = new JsonObject();
                foreach (var (field, content) in metadata)
                {
                    if (field != "managedFields")
                        slim[field] = content?.DeepClone();
                }
                copy[name] = slim;
            }
            else
            {
                copy[name] = value?.DeepClone();
            }
        }
        return copy;
    }

    private sealed record Conflict(ManagedEntry Entry, IReadOnlyList<string> Path);

    private sealed record Merged(JsonObject? Object, List<ManagedEntry> Entries, List<Conflict> Conflicts);

    private static Merged Merge(JsonObject before, JsonObject applied, List<ManagedEntry> entries, FieldManager manager, bool force)
    {
        var merged = (JsonObject)before.DeepClone();
        FieldMerge.Merge(merged, applied, manager.Schema);
        var ignored = IgnoredFields(manager);
        var set = FieldWalk.FieldsOf(applied, manager.Schema);
        if (ignored is not null)
            set = set.DifferenceRecursive(ignored);

        var mine = new ManagedEntry(manager.Name, ManagedEntry.Apply, manager.ApiVersion, manager.Subresource, ManagedEntries.Time(manager.Now), set);
        var last = entries.Find(e => e.IsSameManager(mine));
        var others = entries.Where(e => e != last).ToList();
        merged = Prune(merged, last, [.. others, mine], manager);

        var (left, conflicts, _) = TakeFrom(others, before, merged, manager, force);
        if (conflicts.Count > 0)
            return new Merged(null, entries, conflicts);
        set = set.Difference(NeverOwned);
        if (!set.IsEmpty)
            left.Add(mine with { Fields = set });
        return new Merged(merged, left, []);
    }

    /// <summary>The field manager's update: everything changed goes to the manager.</summary>
    private static void Track(JsonObject before, JsonObject after, List<ManagedEntry> entries, FieldManager manager)
    {
        var (left, _, comparison) = TakeFrom(entries, before, after, manager, force: true);
        entries.Clear();
        entries.AddRange(left);
        var set = comparison.Added.Union(comparison.Modified).Difference(NeverOwned);
        if (set.IsEmpty)
            return;
        var mine = new ManagedEntry(manager.Name.Length == 0 ? "unknown" : manager.Name, ManagedEntry.Update, manager.ApiVersion, manager.Subresource, ManagedEntries.Time(manager.Now), set);
        var index = entries.FindIndex(e => e.IsSameManager(mine));
        if (index < 0)
            entries.Add(mine);
        else
            entries[index] = mine with { Fields = set.Union(entries[index].Fields) };
    }

    /// <summary>
    /// What the other managers keep after a change. Without force their claims to what was changed or added are
    /// conflicts; what is gone nobody owns.
    /// </summary>
    private static (List<ManagedEntry> Left, List<Conflict> Conflicts, Comparison Comparison) TakeFrom(
        List<ManagedEntry> others, JsonObject before, JsonObject after, FieldManager manager, bool force)
    {
        var ignored = IgnoredFields(manager);
        var comparison = FieldComparison.Compare(before, after, manager.Schema).Without(ignored);
        var conflicts = new List<Conflict>();
        var left = new List<ManagedEntry>(others.Count + 1);
        foreach (var entry in others)
        {
            var changes = comparison;
            if (entry.ApiVersion != manager.ApiVersion && manager.OtherVersions is { } versions)
            {
                if (versions(entry.ApiVersion) is not { } version)
                    continue;
                changes = FieldComparison.Compare(version.Convert(before), version.Convert(after), version.Schema).Without(ignored);
            }
            var taken = entry.Fields.Intersection(changes.Modified.Union(changes.Added));
            if (!taken.IsEmpty && !force)
            {
                conflicts.AddRange(taken.Paths().Select(p => new Conflict(entry, p)));
                continue;
            }
            var fields = taken.IsEmpty ? entry.Fields : entry.Fields.Difference(taken);
            if (!changes.Removed.IsEmpty)
                fields = fields.Difference(changes.Removed);
            if (!fields.IsEmpty)
                left.Add(ReferenceEquals(fields, entry.Fields) ? entry : entry with { Fields = fields });
        }
        return (left, conflicts, comparison);
    }

    /// <summary>Takes out what this manager applied before, does not apply now, and nobody else owns.</summary>
    private static JsonObject Prune(JsonObject merged, ManagedEntry? last, List<ManagedEntry> managers, FieldManager manager)
    {
        if (last is null || (last.ApiVersion == manager.ApiVersion && last.Fields.Difference(managers[^1].Fields).IsEmpty))
            return merged;
        var request = new ManagedVersion(manager.Schema, static o => o, static o => o);
        ManagedVersion? In(string apiVersion) => apiVersion == manager.ApiVersion || manager.OtherVersions is null ? request : manager.OtherVersions(apiVersion);

        // The walk goes by the version in which it was applied then.
        if (In(last.ApiVersion) is not { } then)
            return merged;
        var whole = then.Convert(merged);
        var lastNamed = last.Fields.WithNamedFields(then.Schema);
        var kept = (JsonObject)whole.DeepClone();
        FieldRemoval.Remove(kept, then.Schema, lastNamed);

        // What anybody owns comes back, in each version in which something is owned, that version first.
        foreach (var group in managers.GroupBy(m => m.ApiVersion, StringComparer.Ordinal).OrderByDescending(g => g.Key == last.ApiVersion))
        {
            if (In(group.Key) is not { } version)
                continue;
            var same = ReferenceEquals(version, then) || (version == request && then == request);
            var all = same ? whole : version.Convert(then.Back(whole));
            var rest = same ? kept : version.Convert(then.Back(kept));
            var owned = group.Aggregate(new FieldSet(), (sum, m) => sum.Union(m.Fields)).WithNamedFields(version.Schema);
            var missing = Named(all, version.Schema).Difference(Named(rest, version.Schema).Union(owned));
            var next = (JsonObject)all.DeepClone();
            FieldRemoval.Remove(next, version.Schema, missing);
            kept = same ? next : then.Convert(version.Back(next));
        }

        // Only what this manager itself owned may go: what dangles below goes back.
        FieldRemoval.Remove(whole, then.Schema, Named(whole, then.Schema).Difference(Named(kept, then.Schema)).Intersection(lastNamed));
        return then.Back(whole);

        static FieldSet Named(JsonObject obj, SchemaNode schema) => FieldWalk.FieldsOf(obj, schema).WithNamedFields(schema);
    }

    /// <summary>
    /// kubectl takes over from its own client-side apply without conflicts: fields that stand as the annotation says
    /// were kubectl's all along.
    /// </summary>
    private static Merged ForgiveLastApplied(JsonObject before, JsonObject applied, List<ManagedEntry> entries, FieldManager manager, Merged outcome)
    {
        if (Json.Text(before["metadata"]?["annotations"]?[LastApplied]) is not { Length: > 0 } text)
            return outcome;
        JsonObject? former;
        try
        {
            former = JsonNode.Parse(text) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return outcome;
        }
        if (former is null || Json.Text(former["apiVersion"]) != manager.ApiVersion)
            return outcome;
        var changes = FieldComparison.Compare(former, before, manager.Schema);
        var allowed = FieldWalk.FieldsOf(former, manager.Schema).Difference(changes.Modified).Difference(changes.Added).Difference(changes.Removed);
        var remaining = outcome.Conflicts.Where(c => !allowed.Has(c.Path)).ToList();
        return remaining.Count > 0 ? outcome with { Conflicts = remaining } : Merge(before, applied, entries, manager, force: true);
    }

    private static string LastAppliedText(JsonObject applied)
    {
        var copy = (JsonObject)applied.DeepClone();
        (copy["metadata"]?["annotations"] as JsonObject)?.Remove(LastApplied);
        return copy.ToJsonString() + "\n";
    }

    /// <summary>A write that changes nothing does not touch the times either.</summary>
    private static List<ManagedEntry> KeepTimes(JsonObject? before, JsonObject after, List<ManagedEntry> entries)
    {
        if (before is null || ManagedEntries.Read(before) is not { } old || old.Count != entries.Count)
            return entries;
        foreach (var entry in entries)
        {
            if (old.Find(o => o.IsSameManager(entry) && o.ApiVersion == entry.ApiVersion) is not { } same || !same.Fields.Same(entry.Fields))
                return entries;
        }
        if (!Json.Same(Unmanaged(before), Unmanaged(after)))
            return entries;
        return old;
    }

    private static string TypedProblem(JsonObject applied, FieldManager manager, IReadOnlyList<string> misfits)
    {
        var name = Json.Text(applied["metadata"]?["name"]) ?? "";
        var @namespace = Json.Text(applied["metadata"]?["namespace"]) ?? "";
        var words = misfits.Count == 1 ? misfits[0] : "errors:\n" + string.Join('\n', misfits.Select(m => "  " + m));
        return $"failed to create typed patch object ({@namespace}/{name}; {(manager.ApiVersion.Contains('/', StringComparison.Ordinal) ? "" : "/")}{manager.ApiVersion}, Kind={manager.Kind}): {words}";
    }

    /// <summary>Fields that this endpoint neither changes nor owns.</summary>
    private static FieldSet? IgnoredFields(FieldManager manager)
    {
        if (manager.Subresource is null)
            return manager.StatusSubresource ? Status : null;
        if (manager.Subresource != "status")
            return null;
        var others = new FieldSet();
        foreach (var name in manager.Schema.Properties.Keys)
        {
            if (name is not ("status" or "metadata" or "apiVersion" or "kind"))
                others.Add(PathElement.Field(name));
        }
        return others;
    }

    private static JsonObject Empty(SchemaNode schema, JsonObject like)
    {
        var empty = schema.BuiltIn ? (JsonObject)EmptyObjects.GetValue(schema, static s => BuiltInForm.EmptyObject(s)).DeepClone() : [];
        empty["apiVersion"] = like["apiVersion"]?.DeepClone();
        empty["kind"] = like["kind"]?.DeepClone();
        return empty;
    }

    private static FieldSet SetOf(params string[][] paths)
    {
        var set = new FieldSet();
        foreach (var path in paths)
            set.Add(path);
        return set;
    }
}
