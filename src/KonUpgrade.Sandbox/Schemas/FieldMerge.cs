using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>How an applied object is laid over the live one: items of lists meet by their keys, and nothing is removed.</summary>
internal static class FieldMerge
{
    /// <summary>Lays <paramref name="applied"/> over <paramref name="target"/>, which is changed. Nothing is removed.</summary>
    public static void Merge(JsonObject target, JsonObject applied, SchemaNode schema)
    {
        foreach (var (name, value) in applied)
        {
            var node = FieldWalk.Child(schema, name) ?? SchemaNode.Anything;
            target.TryGetPropertyValue(name, out var current);
            switch (FieldWalk.ShapeOf(node, value))
            {
                case FieldShape.Map when current is JsonObject existing && existing.Count + ((JsonObject)value!).Count > 0:
                    Merge(existing, (JsonObject)value, node);
                    break;
                case FieldShape.List when current is JsonArray existing && existing.Count + ((JsonArray)value!).Count > 0:
                    MergeLists(existing, (JsonArray)value, node);
                    break;
                // Null says nothing about a map or list that has something in it.
                case FieldShape.Leaf when value is null && current is JsonObject { Count: > 0 } && FieldWalk.ShapeOf(node, current) == FieldShape.Map:
                case FieldShape.Leaf when value is null && current is JsonArray { Count: > 0 } && FieldWalk.ShapeOf(node, current) == FieldShape.List:
                    break;
                default:
                    target[name] = value?.DeepClone();
                    break;
            }
        }
    }

    /// <summary>
    /// Items of both, each once: those of the applied list in its order, and what only the live list has where it stood
    /// relative to the items they share.
    /// </summary>
    private static void MergeLists(JsonArray target, JsonArray applied, SchemaNode node)
    {
        var items = node.Items ?? SchemaNode.Anything;
        var live = Json.Detach(target);
        var left = live.Select(i => FieldWalk.ElementOf(i, node, out _)).ToArray();
        var right = applied.Select(i => FieldWalk.ElementOf(i, node, out _)).ToArray();
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
            if (element is not null && leftAt.TryGetValue(element, out var at) && live[at] is JsonObject mine && theirs is JsonObject overlay && FieldWalk.ShapeOf(items, overlay) == FieldShape.Map)
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
}
