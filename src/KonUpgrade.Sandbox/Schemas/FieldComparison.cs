using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>What differs between two objects, as sets of fields.</summary>
internal sealed class Comparison
{
    public FieldSet Added { get; set; } = new();

    public FieldSet Modified { get; set; } = new();

    public FieldSet Removed { get; set; } = new();

    public bool IsSame => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;

    public Comparison Without(FieldSet? ignored) => ignored is null ? this : new Comparison
    {
        Added = Added.DifferenceRecursive(ignored),
        Modified = Modified.DifferenceRecursive(ignored),
        Removed = Removed.DifferenceRecursive(ignored),
    };
}

/// <summary>How two objects differ, field by field, in the eyes of a schema.</summary>
internal static class FieldComparison
{
    public static Comparison Compare(JsonObject before, JsonObject after, SchemaNode schema)
    {
        var result = new Comparison();
        CompareMaps(before, after, schema, new Cursor(result));
        return result;
    }

    private static void CompareValues(bool hasBefore, JsonNode? before, bool hasAfter, JsonNode? after, SchemaNode node, Cursor at)
    {
        var shapeBefore = FieldWalk.ShapeOf(node, before);
        var shapeAfter = FieldWalk.ShapeOf(node, after);
        // Null takes the form of the other side.
        var shape = !hasAfter || after is null ? shapeBefore : !hasBefore || before is null ? shapeAfter : shapeBefore == shapeAfter ? shapeAfter : FieldShape.Leaf;
        var leaf = shape switch
        {
            FieldShape.Map => before is null or JsonObject { Count: 0 } && after is null or JsonObject { Count: 0 },
            FieldShape.List => before is null or JsonArray { Count: 0 } && after is null or JsonArray { Count: 0 },
            _ => true,
        };
        if (shape == FieldShape.Map && !leaf)
            leaf = (before is not (null or JsonObject)) || (after is not (null or JsonObject));
        if (leaf)
        {
            if (!hasBefore)
                at.Added();
            else if (!hasAfter)
                at.Removed();
            else if (!Json.Same(before, after))
                at.Modified();
            return;
        }
        if (shape == FieldShape.Map)
            CompareMaps(before as JsonObject, after as JsonObject, node, at);
        else
            CompareLists(before as JsonArray, after as JsonArray, node, at);
        if (!hasBefore)
            at.Added();
        else if (!hasAfter)
            at.Removed();
    }

    private static void CompareMaps(JsonObject? before, JsonObject? after, SchemaNode schema, Cursor at)
    {
        if (before is not null)
        {
            foreach (var (name, value) in before)
            {
                JsonNode? other = null;
                var has = after?.TryGetPropertyValue(name, out other) ?? false;
                CompareValues(true, value, has, other, FieldWalk.Child(schema, name) ?? SchemaNode.Anything, at.Enter(PathElement.Field(name)));
            }
        }
        if (after is not null)
        {
            foreach (var (name, value) in after)
            {
                if (before is null || !before.ContainsKey(name))
                    CompareValues(false, null, true, value, FieldWalk.Child(schema, name) ?? SchemaNode.Anything, at.Enter(PathElement.Field(name)));
            }
        }
    }

    private static void CompareLists(JsonArray? before, JsonArray? after, SchemaNode node, Cursor at)
    {
        var old = Index(before, node);
        var @new = Index(after, node);
        var items = node.Items ?? SchemaNode.Anything;
        foreach (var (element, was) in old)
        {
            var step = at.Enter(element);
            if (!@new.TryGetValue(element, out var now))
            {
                if (was.Count > 1)
                    step.Removed();
                else
                    CompareValues(true, was[0], false, null, items, step);
            }
            else if (was.Count > 1 && now.Count > 1)
            {
                if (was.Count != now.Count || was.Zip(now).Any(p => !Json.Same(p.First, p.Second)))
                    step.Modified();
            }
            else if (was.Count > 1)
            {
                CompareValues(false, null, true, now[0], items, step);
                step.Removed();
            }
            else if (now.Count > 1)
            {
                CompareValues(true, was[0], false, null, items, step);
                step.Added();
            }
            else
            {
                CompareValues(true, was[0], true, now[0], items, step);
            }
        }
        foreach (var (element, now) in @new)
        {
            if (old.ContainsKey(element))
                continue;
            if (now.Count > 1)
                at.Enter(element).Added();
            else
                CompareValues(false, null, true, now[0], items, at.Enter(element));
        }
    }

    private static Dictionary<string, List<JsonNode?>> Index(JsonArray? list, SchemaNode node)
    {
        var index = new Dictionary<string, List<JsonNode?>>(StringComparer.Ordinal);
        foreach (var item in list ?? [])
        {
            if (FieldWalk.ElementOf(item, node, out _) is not { } element)
                continue;
            if (index.TryGetValue(element, out var same))
                same.Add(item);
            else
                index[element] = [item];
        }
        return index;
    }

    /// <summary>A place in the comparison; sets below are only made when something is put there.</summary>
    private sealed class Cursor(Comparison comparison, Cursor? parent = null, string? element = null)
    {
        public Cursor Enter(string step) => new(comparison, this, step);

        public void Added() => Put(comparison.Added);

        public void Modified() => Put(comparison.Modified);

        public void Removed() => Put(comparison.Removed);

        private void Put(FieldSet root)
        {
            if (element is not null)
                parent!.SetIn(root).Add(element);
        }

        private FieldSet SetIn(FieldSet root) => element is null ? root : parent!.SetIn(root).EnterOf(element);
    }
}
