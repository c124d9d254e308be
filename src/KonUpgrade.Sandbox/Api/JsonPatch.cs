using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Api;

/// <summary>JSON patch (RFC 6902), by which kubectl hands fields over when it changes to server-side apply.</summary>
internal static class JsonPatch
{
    private const int MostOperations = 10_000;

    /// <summary>Applies the operations in their order to a copy.</summary>
    /// <exception cref="ApiError">400: it is no patch; 422: it does not fit the object.</exception>
    public static JsonObject Apply(JsonObject current, JsonArray patch)
    {
        if (patch.Count > MostOperations)
            throw new ApiError(413, "RequestEntityTooLarge", $"Request entity too large: The allowed maximum operations in a JSON patch is {MostOperations}, got {patch.Count}");
        JsonNode? root = current.DeepClone();
        foreach (JsonNode? entry in patch)
        {
            if (entry is not JsonObject operation) throw ApiError.BadRequest("error decoding patch: an operation is no object");
            root = Step(root, operation);
        }
        return root as JsonObject ?? throw Unfit("the patched object is no object");
    }

    private static JsonNode? Step(JsonNode? root, JsonObject operation)
    {
        string[] path = Pointer(operation, "path");
        switch (Metadata.Text(operation, "op"))
        {
            case "add":
                return Add(root, path, operation["value"]?.DeepClone());
            case "remove":
                return Remove(root, path);
            case "replace":
                Find(root, path);
                return path.Length == 0 ? operation["value"]?.DeepClone() : Add(Remove(root, path), path, operation["value"]?.DeepClone());
            case "move":
                string[] from = Pointer(operation, "from");
                JsonNode? moved = Find(root, from)?.DeepClone();
                return Add(Remove(root, from), path, moved);
            case "copy":
                return Add(root, path, Find(root, Pointer(operation, "from"))?.DeepClone());
            case "test":
                return JsonNode.DeepEquals(Find(root, path), operation["value"])
                    ? root
                    : throw Unfit($"testing value {Metadata.Text(operation, "path")} failed: test failed");
            case var other:
                throw Unfit($"Unexpected kind: {other}");
        }
    }

    private static JsonNode? Add(JsonNode? root, string[] path, JsonNode? value)
    {
        if (path.Length == 0) return value;
        switch (Find(root, path[..^1]))
        {
            case JsonObject item:
                item[path[^1]] = value;
                return root;
            case JsonArray list:
                list.Insert(path[^1] == "-" ? list.Count : Index(path[^1], list.Count), value);
                return root;
            default:
                throw Missing(path);
        }
    }

    private static JsonNode? Remove(JsonNode? root, string[] path)
    {
        if (path.Length == 0) return null;
        switch (Find(root, path[..^1]))
        {
            case JsonObject item when item.Remove(path[^1]):
                return root;
            case JsonArray list:
                list.RemoveAt(Index(path[^1], list.Count - 1));
                return root;
            default:
                throw Unfit($"remove operation does not apply: doc is missing path: \"/{string.Join('/', path)}\": missing value");
        }
    }

    private static JsonNode? Find(JsonNode? root, string[] path)
    {
        JsonNode? node = root;
        foreach (string part in path)
        {
            node = node switch
            {
                JsonObject item when item.ContainsKey(part) => item[part],
                JsonArray list => list[Index(part, list.Count - 1)],
                _ => throw Missing(path),
            };
        }
        return node;
    }

    private static int Index(string text, int most)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index <= most ? index : throw Unfit($"invalid index referenced: {text}");

    private static string[] Pointer(JsonObject operation, string field)
    {
        if (operation[field] is null) throw ApiError.BadRequest($"error decoding patch: an operation has no {field}");
        string text = Metadata.Text(operation, field);
        if (text.Length == 0) return [];
        if (text[0] != '/') throw Unfit($"the path \"{text}\" does not begin with a slash");
        return [.. text[1..].Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static ApiError Missing(string[] path) => Unfit($"the object has no \"/{string.Join('/', path)}\": missing value");

    // A real server does not say which operation it was, nor why.
    private static ApiError Unfit(string why) => new(422, "Invalid", "the server rejected our request due to an error in our request") { HasDetails = true };
}
