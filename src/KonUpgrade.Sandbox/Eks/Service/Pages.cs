using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Eks.Service;

/// <summary>Lists page by page: maxResults and nextToken, of the query or, where a list is a POST, of the body.</summary>
internal static class Pages
{
    private const int Most = 100;

    /// <summary>The page that a request asks for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="field">What the list is called in the answer.</param>
    /// <param name="all">Everything, in an order that stays.</param>
    /// <param name="write">Writes one of it; null for its name alone.</param>
    public static JsonObject Of(EksRequest request, string field, IReadOnlyList<string> all, Func<string, JsonNode>? write = null)
    {
        int size = Most;
        string asked = Parameter(request, "maxResults");
        if (asked.Length > 0 && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > Most))
            throw request.InvalidParameter($"maxResults needs to be between 1 and {Most}");
        string token = Parameter(request, "nextToken");
        string place = $"{request.Route.Operation}/{request.Cluster}/{request.Nodegroup}/";
        int from = 0;
        if (token.Length > 0)
        {
            string? last = After(token, place);
            // What was the last one may be gone: the order tells where it was.
            from = last is null ? throw request.InvalidParameter("Invalid nextToken") : all.TakeWhile(item => string.CompareOrdinal(item, last) <= 0).Count();
        }
        string[] page = [.. all.Skip(from).Take(size)];
        bool more = from + page.Length < all.Count;
        return new JsonObject
        {
            [field] = write is null ? Wire.List(page) : new JsonArray([.. page.Select(item => (JsonNode?)write(item))]),
            ["nextToken"] = more ? Wire.Token(place + page[^1]) : null,
        };
    }

    private static string Parameter(EksRequest request, string name) => request.Query[name].ToString() is { Length: > 0 } asked ? asked : request.Body[name]?.ToString() ?? string.Empty;

    private static string? After(string token, string place) =>
        Wire.Place(token) is { } text && text.StartsWith(place, StringComparison.Ordinal) ? text[place.Length..] : null;
}
