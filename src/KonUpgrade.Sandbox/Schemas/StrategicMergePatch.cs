using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// Strategic merge patch: lists with a merge key are merged item by item, and directives ($patch, $retainKeys,
/// $deleteFromPrimitiveList/..., $setElementOrder/...) say what a plain merge cannot. The rules are those of the
/// Kubernetes documentation on strategic merge and element order.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeletePrefix = "$deleteFromPrimitiveList/";
    private const string OrderPrefix = "$setElementOrder/";

    /// <summary>The object with the patch applied. <paramref name="current"/> is changed and returned; the patch is left as it is.</summary>
    /// <exception cref="PatchException">The patch contradicts itself or lacks a merge key.</exception>
    public static JsonObject Apply(JsonObject current, JsonObject patch, SchemaNode schema) =>
        MergeMaps(current, (JsonObject)patch.DeepClone(), schema);

    private static JsonObject MergeMaps(JsonObject current, JsonObject patch, SchemaNode schema)
    {
        if (patch.TryGetPropertyValue(Directive, out var directive))
        {
            switch (Json.Text(directive))
            {
                case "replace":
                    patch.Remove(Directive);
                    return patch;
                case "delete":
                    return [];
                default:
                    throw new PatchException($"unknown patch type: {GoText.Of(directive)} in map: {GoText.Of(patch)}");
            }
        }
        Retain(current, patch);
        Order(current, patch, schema);
        foreach (var (written, _) in patch.ToArray())
        {
            patch.Remove(written, out var value);
            var deleting = written.StartsWith(DeletePrefix, StringComparison.Ordinal);
            var name = deleting ? written[DeletePrefix.Length..] : written;
            if (value is null)
            {
                current.Remove(name);
                continue;
            }
            var node = Child(schema, name);
            switch (current[name], value)
            {
                case (JsonObject mine, JsonObject theirs) when !deleting:
                    var merged = node.PatchStrategy.HasFlag(PatchStrategies.Replace) ? theirs : MergeMaps(mine, theirs, node);
                    if (!ReferenceEquals(merged, mine))
                        current[name] = merged;
                    break;
                case (JsonArray mine, JsonArray theirs):
                    if (deleting || node.PatchStrategy.HasFlag(PatchStrategies.Merge))
                        current[name] = MergeLists(Json.Detach(mine), Json.Detach(theirs), node, deleting);
                    else
                        current[name] = theirs;
                    break;
                default:
                    if (deleting)
                        break;
                    DropNulls(value);
                    if (DropDirectives(value))
                        current[name] = value;
                    else
                        current.Remove(name);
                    break;
            }
        }
        return current;
    }

    /// <summary>$retainKeys: every key it does not name goes.</summary>
    private static void Retain(JsonObject current, JsonObject patch)
    {
        if (!patch.Remove(RetainKeys, out var value))
            return;
        if (value is not JsonArray list)
            throw new PatchException("invalid patch format of retainKeys");
        var keep = list.Select(Json.Text).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, given) in patch)
        {
            if (given is not null && !keep.Contains(name) && !name.StartsWith(DeletePrefix, StringComparison.Ordinal) && !name.StartsWith(OrderPrefix, StringComparison.Ordinal))
                throw new PatchException("invalid patch format of retainKeys");
        }
        foreach (var name in current.Select(p => p.Key).Where(k => !keep.Contains(k)).ToArray())
            current.Remove(name);
    }

    /// <summary>Lists whose order the patch gives ($setElementOrder) are merged here, with what the patch has of them.</summary>
    private static void Order(JsonObject current, JsonObject patch, SchemaNode schema)
    {
        foreach (var key in patch.Select(p => p.Key).Where(k => k.StartsWith(OrderPrefix, StringComparison.Ordinal)).ToArray())
        {
            patch.Remove(key, out var value);
            var name = key[OrderPrefix.Length..];
            if (value is not JsonArray order)
                throw new PatchException("invalid patch format of setElementOrder list");
            var node = Child(schema, name);
            var mine = current[name] as JsonArray;
            patch.Remove(name, out var given);
            var theirs = given as JsonArray;
            if (given is not null && theirs is null)
                throw new PatchException($"expected a list for {name} in patch");
            CheckOrder(theirs, order, node.PatchMergeKey);
            if (mine is null && theirs is null)
            {
                // No such list on either side: a null in the patch still takes the field away.
                if (given is null && current.ContainsKey(name))
                    current.Remove(name);
                continue;
            }
            var before = mine is null ? [] : mine.Select(i => i?.DeepClone()).ToList();
            List<JsonNode?> merged;
            if (theirs is null)
            {
                merged = Json.Detach(mine!);
            }
            else if (mine is null)
            {
                DropDirectives(theirs);
                merged = Json.Detach(theirs);
            }
            else if (node.PatchStrategy.HasFlag(PatchStrategies.Merge))
            {
                merged = Json.Detach(MergeLists(Json.Detach(mine), Json.Detach(theirs), node, false));
            }
            else
            {
                merged = Json.Detach(theirs);
            }
            current[name] = Arrange(merged, [.. order], before, node.PatchMergeKey);
        }
    }

    private static JsonArray MergeLists(List<JsonNode?> current, List<JsonNode?> patch, SchemaNode node, bool deleting)
    {
        if (deleting)
            return ToArray(current.Where(i => !Json.Contains(patch, i)));
        var before = current.Select(i => i?.DeepClone()).ToList();
        if (!patch.Concat(current).Any(i => i is JsonObject))
        {
            var both = new List<JsonNode?>();
            foreach (var item in current.Concat(patch))
            {
                if (!Json.Contains(both, item))
                    both.Add(item);
            }
            return Arrange(both, patch.Select(p => p?.DeepClone()).ToList(), before, null);
        }
        if (node.PatchMergeKey is not { } key)
            throw new PatchException("cannot merge lists without merge key");

        var plain = new List<JsonObject>();
        var replace = false;
        foreach (var item in patch)
        {
            if (item is not JsonObject map)
                throw new PatchException($"expected a map in the list, got {GoText.Of(item)}");
            if (!map.TryGetPropertyValue(Directive, out var directive))
            {
                plain.Add(map);
                continue;
            }
            switch (Json.Text(directive))
            {
                case "delete":
                    var gone = KeyOf(map, key);
                    current.RemoveAll(c => c is JsonObject o && Json.Same(o[key], gone));
                    break;
                case "replace":
                    replace = true;
                    break;
                case "merge":
                    throw new PatchException("merging lists cannot yet be specified in the patch");
                default:
                    throw new PatchException($"unknown patch type: {GoText.Of(directive)} in map: {GoText.Of(map)}");
            }
        }
        if (replace)
            return ToArray(plain);
        var items = node.Items ?? SchemaNode.Anything;
        var order = plain.Select(p => (JsonNode?)new JsonObject { [key] = KeyOf(p, key)?.DeepClone() }).ToList();
        foreach (var map in plain)
        {
            var value = KeyOf(map, key);
            var at = current.FindIndex(c => c is JsonObject o && Json.Same(o[key], value));
            if (at >= 0)
            {
                current[at] = MergeMaps((JsonObject)current[at]!, map, items);
            }
            else
            {
                current.Add(map);
            }
        }
        return Arrange(current, order, before, key);
    }

    /// <summary>
    /// Items that the patch orders in its order; the others keep theirs and stand before the first ordered item that
    /// they stood before.
    /// </summary>
    private static JsonArray Arrange(List<JsonNode?> merged, List<JsonNode?> order, List<JsonNode?> before, string? key)
    {
        int IndexIn(List<JsonNode?> list, JsonNode? item) =>
            list.FindIndex(l => key is null ? Json.Same(l, item) : l is JsonObject a && item is JsonObject b && Json.Same(a[key], b[key]));

        var ordered = merged.Where(m => IndexIn(order, m) >= 0).OrderBy(m => IndexIn(order, m)).ToList();
        var others = merged.Where(m => IndexIn(order, m) < 0).OrderBy(m => IndexIn(before, m)).ToList();
        var result = new JsonArray();
        int o = 0, p = 0;
        while (o < others.Count || p < ordered.Count)
        {
            if (p == ordered.Count)
            {
                result.Add(others[o++]);
                continue;
            }
            if (o < others.Count)
            {
                var left = IndexIn(before, others[o]);
                var right = IndexIn(before, ordered[p]);
                if (left >= 0 && right >= 0 && left < right)
                {
                    result.Add(others[o++]);
                    continue;
                }
            }
            result.Add(ordered[p++]);
        }
        return result;
    }

    private static void CheckOrder(JsonArray? patch, JsonArray order, string? key)
    {
        if (patch is null or { Count: 0 } || order.Count == 0)
            return;
        var at = 0;
        foreach (var item in patch)
        {
            if (item is JsonObject map && map.ContainsKey(Directive))
                continue;
            while (at < order.Count && !(key is null ? Json.Same(item, order[at]) : Json.Same((item as JsonObject)?[key], (order[at] as JsonObject)?[key])))
                at++;
            if (at == order.Count)
                throw new PatchException($"The order in patch list:\n{GoText.Of(patch)}\n doesn't match $setElementOrder list:\n{GoText.Of(order)}\n");
            at++;
        }
    }

    private static JsonNode? KeyOf(JsonObject item, string key) =>
        item.TryGetPropertyValue(key, out var value) ? value : throw new PatchException($"map: {GoText.Of(item)} does not contain declared merge key: {key}");

    private static void DropNulls(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, inner) in map.ToArray())
                {
                    if (inner is null)
                        map.Remove(name);
                    else
                        DropNulls(inner);
                }
                break;
            case JsonArray list:
                foreach (var item in list)
                    DropNulls(item);
                break;
        }
    }

    /// <summary>False when the value is a directive itself and nothing of it stays.</summary>
    private static bool DropDirectives(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                if (map.ContainsKey(Directive))
                    return false;
                foreach (var (name, inner) in map.ToArray())
                {
                    if (!DropDirectives(inner))
                        map.Remove(name);
                }
                return true;
            case JsonArray list:
                for (var i = list.Count - 1; i >= 0; i--)
                {
                    if (!DropDirectives(list[i]))
                        list.RemoveAt(i);
                }
                return true;
            default:
                return true;
        }
    }

    private static JsonArray ToArray(IEnumerable<JsonNode?> items)
    {
        var array = new JsonArray();
        foreach (var item in items)
            array.Add(item);
        return array;
    }

    private static SchemaNode Child(SchemaNode schema, string name) =>
        schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties ?? SchemaNode.Anything;
}
