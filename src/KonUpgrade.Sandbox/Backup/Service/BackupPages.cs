using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Backup.Service;

/// <summary>Lists page by page: maxResults and nextToken.</summary>
internal static class BackupPages
{
    /// <summary>The page that a request asks for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="most">How many are on a page at most.</param>
    /// <param name="field">What the list is called in the answer.</param>
    /// <param name="all">Everything, each with its key.</param>
    public static JsonObject Of(BackupRequest request, int most, string field, IReadOnlyList<(string Key, JsonObject Item)> all)
    {
        int size = most;
        if (request.Asked("maxResults") is { } asked && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > 1000))
            throw BackupError.Invalid("maxResults needs to be between 1 and 1000");
        size = Math.Min(size, most);
        int from = 0;
        if (request.Asked("nextToken") is { } token)
        {
            // What came since stands before the page that was given, and moves nothing.
            string last = Wire.Place(token) ?? throw BackupError.Invalid("Invalid nextToken");
            from = all.ToList().FindIndex(entry => entry.Key == last) + 1;
            if (from == 0) throw BackupError.Invalid("Invalid nextToken");
        }
        (string Key, JsonObject Item)[] page = [.. all.Skip(from).Take(size)];
        return new JsonObject
        {
            [field] = new JsonArray([.. page.Select(entry => (JsonNode?)entry.Item)]),
            ["NextToken"] = from + page.Length < all.Count ? Wire.Token(page[^1].Key) : null,
        };
    }
}
