using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.ApiVersions.Lifecycle;

/// <summary>
/// The versions of Kubernetes' own kinds that are deprecated, gone, or announced to go: lifecycle.json, which names its
/// sources. Where a cluster can be asked, what it serves is the truth.
/// </summary>
internal static class ApiLifecycles
{
    private const string Resource = "ApiVersions/lifecycle.json";

    private static readonly Lazy<Dictionary<(string ApiVersion, string Kind), ApiLifecycle>> s_known = new(
        () => Read().ToDictionary(lifecycle => (lifecycle.ApiVersion, lifecycle.Kind)));

    /// <summary>All of them.</summary>
    public static IEnumerable<ApiLifecycle> All => s_known.Value.Values;

    /// <summary>What is known of a version of a kind; null where it has no end that anybody has told.</summary>
    public static ApiLifecycle? Find(string apiVersion, string kind) => s_known.Value.GetValueOrDefault((apiVersion, kind));

    /// <summary>In which version objects are written on a server of a version of Kubernetes.</summary>
    /// <param name="server">The version of Kubernetes.</param>
    /// <param name="apiVersion">The object's group and version.</param>
    /// <param name="kind">The object's kind.</param>
    /// <returns>The same where that is not gone; null where nothing came in its place.</returns>
    public static string? On(ServerVersion server, string apiVersion, string kind) =>
        Find(apiVersion, kind) is { } known && known.IsRemovedOn(server) ? known.ReplacementOn(server) : apiVersion;

    private static List<ApiLifecycle> Read()
    {
        using var stream = typeof(ApiLifecycles).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is not in the assembly.");
        using var document = JsonDocument.Parse(stream, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        var sources = document.RootElement.GetProperty("sources");
        return [.. document.RootElement.GetProperty("versions").EnumerateArray().SelectMany(row => Rows(row, sources))];
    }

    private static IEnumerable<ApiLifecycle> Rows(JsonElement row, JsonElement sources)
    {
        var replacements = row.GetProperty("instead").EnumerateArray()
            .Select(instead => new ApiReplacement(instead.GetProperty("apiVersion").GetString()!, instead.GetProperty("since").GetInt32())).ToList();
        return row.GetProperty("kinds").EnumerateArray().Select(kind => new ApiLifecycle(
            row.GetProperty("apiVersion").GetString()!,
            kind.GetString()!,
            row.GetProperty("deprecated").GetInt32(),
            row.GetProperty("removed").GetInt32(),
            replacements,
            Text(row, "change"),
            Text(row, "remedy"),
            sources.GetProperty(row.GetProperty("source").GetString()!).GetString()!));
    }

    private static string? Text(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;
}
