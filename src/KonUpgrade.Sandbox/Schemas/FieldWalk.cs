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

/// <summary>
/// The walks of structured-merge-diff over an object and its schema: which fields it names, how two differ, how one is
/// merged into another, and what is left when fields are taken out. Atomic lists and maps are leaves.
/// </summary>
internal static class FieldWalk
{
    /// <summary>How a value at a node is walked.</summary>
    private enum Shape
    {
        Leaf,
        Map,
        List,
    }

    /// <summary>The node below one element of a path.</summary>
    public static SchemaNode Below(SchemaNode node, string element) =>
        element[0] == 'f' ? Child(node, element[2..]) ?? SchemaNode.Anything : node.Items ?? SchemaNode.Anything;

    /// <summary>Every leaf and list item an applied object names.</summary>
    public static FieldSet FieldsOf(JsonObject obj, SchemaNode schema)
    {
        var set = new FieldSet();
        Collect(obj, schema, set);
        return set;
    }

    public static Comparison Compare(JsonObject before, JsonObject after, SchemaNode schema)
    {
        var result = new Comparison();
        CompareMaps(before, after, schema, new Cursor(result));
        return result;
    }

    /// <summary>Lays <paramref name="applied"/> over <paramref name="target"/>, which is changed. Nothing is removed.</summary>
    public static void Merge(JsonObject target, JsonObject applied, SchemaNode schema)
    {
        foreach (var (name, value) in applied)
        {
            var node = Child(schema, name) ?? SchemaNode.Anything;
            target.TryGetPropertyValue(name, out var current);
            switch (ShapeOf(node, value))
            {
                case Shape.Map when current is JsonObject existing && existing.Count + ((JsonObject)value!).Count > 0:
                    Merge(existing, (JsonObject)value, node);
                    break;
                case Shape.List when current is JsonArray existing && existing.Count + ((JsonArray)value!).Count > 0:
                    MergeLists(existing, (JsonArray)value, node);
                    break;
                // Null says nothing about a map or list that has something in it.
                case Shape.Leaf when value is null && current is JsonObject { Count: > 0 } && ShapeOf(node, current) == Shape.Map:
                case Shape.Leaf when value is null && current is JsonArray { Count: > 0 } && ShapeOf(node, current) == Shape.List:
                    break;
                default:
                    target[name] = value?.DeepClone();
                    break;
            }
        }
    }

    /// <summary>Takes the members of <paramref name="fields"/> out of the object, which is changed.</summary>
    public static void Remove(JsonObject obj, SchemaNode schema, FieldSet fields)
    {
        List<string>? gone = null;
        List<string>? emptied = null;
        foreach (var (name, value) in obj)
        {
            var element = PathElement.Field(name);
            if (fields.Has(element))
            {
                (gone ??= []).Add(name);
                continue;
            }
            if (fields.Below(element) is { IsEmpty: false } below && !RemoveBelow(value, Child(schema, name) ?? SchemaNode.Anything, below))
                (emptied ??= []).Add(name);
        }
        foreach (var name in gone ?? [])
            obj.Remove(name);
        // A map or list of which nothing is left becomes null, as it does on the real server before it is decoded.
        foreach (var name in emptied ?? [])
            obj[name] = null;
    }

    /// <summary>False when nothing is left of the value.</summary>
    private static bool RemoveBelow(JsonNode? value, SchemaNode node, FieldSet fields)
    {
        switch (value)
        {
            case JsonObject map:
                if (map.Count == 0 || ShapeOf(node, map) != Shape.Map)
                    return false;
                Remove(map, node, fields);
                return map.Count > 0;
            case JsonArray list:
                if (list.Count == 0 || ShapeOf(node, list) != Shape.List)
                    return false;
                for (var i = list.Count - 1; i >= 0; i--)
                {
                    var element = ElementOf(list[i], node, out _);
                    if (element is null)
                        continue;
                    if (fields.Has(element))
                        list.RemoveAt(i);
                    else if (fields.Below(element) is { IsEmpty: false } below && !RemoveBelow(list[i], node.Items ?? SchemaNode.Anything, below))
                        list[i] = null;
                }
                return list.Count > 0;
            default:
                return value is not null;
        }
    }

    /// <summary>What of an applied object does not fit its schema, in the server's words (".spec.foo: field not declared in schema").</summary>
    public static IReadOnlyList<string> Misfits(JsonObject obj, SchemaNode schema)
    {
        var problems = new List<string>();
        CheckMap(obj, schema, "", problems);
        return problems;
    }

    private static void CheckMap(JsonObject obj, SchemaNode schema, string path, List<string> problems)
    {
        foreach (var (name, _) in obj)
        {
            // The real walk ends here for this map.
            if (Child(schema, name) is null)
            {
                problems.Add($"{path}.{name}: field not declared in schema");
                return;
            }
        }
        foreach (var (name, value) in obj)
            Check(value, Child(schema, name)!, $"{path}.{name}", problems);
    }

    private static void Check(JsonNode? value, SchemaNode node, string path, List<string> problems)
    {
        switch (value)
        {
            case null:
                return;
            case JsonObject map:
                if (node.Type is not (SchemaType.Object or SchemaType.Any) || node.IntOrString)
                    problems.Add(Expected(path, node, map));
                else
                    CheckMap(map, node, path, problems);
                return;
            case JsonArray list:
                if (node.Type is not (SchemaType.Array or SchemaType.Any) || node.IntOrString)
                    problems.Add(Expected(path, node, list));
                else
                    CheckList(list, node, path, problems);
                return;
        }
        var kind = value.GetValueKind();
        var fits = node.Type switch
        {
            SchemaType.Object or SchemaType.Array => false,
            SchemaType.Any => true,
            SchemaType.String => kind == System.Text.Json.JsonValueKind.String || node.Definition == WellKnown.Quantity,
            SchemaType.Boolean => kind is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
            _ => kind == System.Text.Json.JsonValueKind.Number,
        };
        if (!fits)
            problems.Add(Expected(path, node, value));
    }

    private static void CheckList(JsonArray list, SchemaNode node, string path, List<string> problems)
    {
        var items = node.Items ?? SchemaNode.Anything;
        HashSet<string>? seen = null;
        for (var i = 0; i < list.Count; i++)
        {
            var printed = $"[{i}]";
            if (node.ListType != ListType.Atomic && node.Type == SchemaType.Array)
            {
                var element = ElementOf(list[i], node, out var problem);
                if (element is null)
                {
                    problems.Add($"{path}: element {i}: {problem}");
                    return;
                }
                printed = PathElement.Print(element);
                if (!(seen ??= new HashSet<string>(StringComparer.Ordinal)).Add(element))
                    problems.Add($"{path}: duplicate entries for key {printed}");
            }
            Check(list[i], items, path + printed, problems);
        }
    }

    private static string Expected(string path, SchemaNode node, JsonNode value)
    {
        var seen = GoText.Of(value);
        var words = node.Type switch
        {
            SchemaType.Object => $"expected map, got &{{{seen}}}",
            SchemaType.Array => $"expected list, got &{{{seen}}}",
            SchemaType.String => $"expected string, got &value.valueUnstructured{{Value:{GoText.Syntax(value)}}}",
            SchemaType.Boolean => $"expected boolean, got &{{{seen}}}",
            SchemaType.Integer or SchemaType.Number => $"expected numeric (int or float), got {GoText.TypeOf(value)}",
            _ => $"expected any scalar, got &{{{seen}}}",
        };
        return $"{path}: {words}";
    }

    private static void Collect(JsonObject obj, SchemaNode schema, FieldSet into)
    {
        foreach (var (name, value) in obj)
        {
            var element = PathElement.Field(name);
            var node = Child(schema, name) ?? SchemaNode.Anything;
            CollectValue(value, node, into, element);
            if (value is null or JsonObject { Count: 0 } || !schema.Properties.ContainsKey(name))
                into.Add(element);
        }
    }

    private static void CollectValue(JsonNode? value, SchemaNode node, FieldSet into, string element)
    {
        switch (ShapeOf(node, value))
        {
            case Shape.Map:
                if (value is JsonObject { Count: > 0 } map)
                    Collect(map, node, into.EnterOf(element));
                break;
            case Shape.List:
                if (value is not JsonArray { Count: > 0 } list)
                    break;
                var below = into.EnterOf(element);
                foreach (var item in list)
                {
                    var inner = ElementOf(item, node, out _);
                    if (inner is null)
                        continue;
                    // An item that was there before is a duplicate; it is owned as a whole.
                    if (!below.Has(inner))
                        CollectValue(item, node.Items ?? SchemaNode.Anything, below, inner);
                    below.Add(inner);
                }
                break;
            default:
                into.Add(element);
                break;
        }
    }

    private static void CompareValues(bool hasBefore, JsonNode? before, bool hasAfter, JsonNode? after, SchemaNode node, Cursor at)
    {
        var shapeBefore = ShapeOf(node, before);
        var shapeAfter = ShapeOf(node, after);
        // Null takes the form of the other side.
        var shape = !hasAfter || after is null ? shapeBefore : !hasBefore || before is null ? shapeAfter : shapeBefore == shapeAfter ? shapeAfter : Shape.Leaf;
        var leaf = shape switch
        {
            Shape.Map => before is null or JsonObject { Count: 0 } && after is null or JsonObject { Count: 0 },
            Shape.List => before is null or JsonArray { Count: 0 } && after is null or JsonArray { Count: 0 },
            _ => true,
        };
        if (shape == Shape.Map && !leaf)
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
        if (shape == Shape.Map)
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
                CompareValues(true, value, has, other, Child(schema, name) ?? SchemaNode.Anything, at.Enter(PathElement.Field(name)));
            }
        }
        if (after is not null)
        {
            foreach (var (name, value) in after)
            {
                if (before is null || !before.ContainsKey(name))
                    CompareValues(false, null, true, value, Child(schema, name) ?? SchemaNode.Anything, at.Enter(PathElement.Field(name)));
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
            if (ElementOf(item, node, out _) is not { } element)
                continue;
            if (index.TryGetValue(element, out var same))
                same.Add(item);
            else
                index[element] = [item];
        }
        return index;
    }

    /// <summary>
    /// Items of both, each once: those of the applied list in its order, and what only the live list has where it stood
    /// relative to the items they share.
    /// </summary>
    private static void MergeLists(JsonArray target, JsonArray applied, SchemaNode node)
    {
        var items = node.Items ?? SchemaNode.Anything;
        var live = Json.Detach(target);
        var left = live.Select(i => ElementOf(i, node, out _)).ToArray();
        var right = applied.Select(i => ElementOf(i, node, out _)).ToArray();
        var leftAt = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < left.Length; i++)
            leftAt.TryAdd(left[i] ?? "", i);
        var rightAt = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < right.Length; i++)
            rightAt.TryAdd(right[i] ?? "", i);
        var shared = new Queue<string>(right.Where(r => r is not null && leftAt.ContainsKey(r))!);
        var next = shared.TryDequeue(out var first) ? first : null;
        var merged = new HashSet<string>(StringComparer.Ordinal);

        void Take(string? element, int rightIndex)
        {
            var theirs = applied[rightIndex];
            if (element is not null && leftAt.TryGetValue(element, out var at) && live[at] is JsonObject mine && theirs is JsonObject overlay && ShapeOf(items, overlay) == Shape.Map)
            {
                Merge(mine, overlay, items);
                target.Add((JsonNode)mine);
            }
            else
            {
                target.Add(theirs?.DeepClone());
            }
            if (element is not null)
                merged.Add(element);
            if (next is not null && next == element)
                next = shared.TryDequeue(out var following) ? following : null;
        }

        for (int l = 0, r = 0; l < left.Length || r < right.Length;)
        {
            if (l < left.Length && r < right.Length)
            {
                if (left[l] == right[r])
                {
                    Take(right[r], r);
                    l++;
                    r++;
                    continue;
                }
                if (left[l] is { } here && rightAt.ContainsKey(here) && next is not null && next != here)
                {
                    l++;
                    continue;
                }
            }
            if (l < left.Length)
            {
                var here = left[l];
                if (here is null || !rightAt.ContainsKey(here))
                {
                    target.Add(live[l]);
                    l++;
                    continue;
                }
                if (merged.Contains(here))
                    l++;
            }
            if (r < right.Length)
            {
                Take(right[r], r);
                r++;
            }
        }
    }

    private static string? ElementOf(JsonNode? item, SchemaNode list, out string? problem)
    {
        if (list.ListMapKeys.Count > 0)
            return PathElement.Key(item, list, out problem);
        problem = item switch
        {
            null => "associative list without keys has an element that's an explicit null",
            JsonObject => "associative list without keys has an element that's a map type",
            JsonArray => "not supported: associative list with lists as elements",
            _ => null,
        };
        return problem is null ? PathElement.Value(item!) : null;
    }

    private static Shape ShapeOf(SchemaNode node, JsonNode? value) => value switch
    {
        JsonObject when node is { AtomicMap: false, IntOrString: false, Type: SchemaType.Object or SchemaType.Any } => Shape.Map,
        JsonArray when node is { Type: SchemaType.Array, ListType: not ListType.Atomic } => Shape.List,
        _ => Shape.Leaf,
    };

    private static SchemaNode? Child(SchemaNode node, string name) =>
        node.Properties.TryGetValue(name, out var child) ? child : node.AdditionalProperties ?? (node.PreserveUnknownFields ? SchemaNode.Anything : null);

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
