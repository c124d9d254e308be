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

    private static readonly Lazy<Table> s_table = new(Read);

    /// <summary>All of them.</summary>
    public static IEnumerable<ApiLifecycle> All => s_table.Value.Known.Values;

    /// <summary>The newest minor version of Kubernetes 1 that the table was made of.</summary>
    public static int AsOf => s_table.Value.AsOf;

    /// <summary>What is known of a version of a kind; null where it has no end that anybody has told.</summary>
    public static ApiLifecycle? Find(string apiVersion, string kind) => s_table.Value.Known.GetValueOrDefault((apiVersion, kind));

    /// <summary>In which version objects are written on a server of a version of Kubernetes.</summary>
    /// <param name="server">The version of Kubernetes.</param>
    /// <param name="apiVersion">The object's group and version.</param>
    /// <param name="kind">The object's kind.</param>
    /// <returns>The same where that is not gone; null where nothing came in its place.</returns>
    public static string? On(ServerVersion server, string apiVersion, string kind) =>
        Find(apiVersion, kind) is { } known && known.IsRemovedOn(server) ? known.ReplacementOn(server) : apiVersion;

    private static Table Read()
    {
        using var stream = typeof(ApiLifecycles).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is not in the assembly.");
        using var document = JsonDocument.Parse(stream, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        var sources = document.RootElement.GetProperty("sources");
        return new Table(
            document.RootElement.GetProperty("asOf").GetInt32(),
            document.RootElement.GetProperty("versions").EnumerateArray().SelectMany(row => Rows(row, sources)).ToDictionary(lifecycle => (lifecycle.ApiVersion, lifecycle.Kind)));
    }

    private static IEnumerable<ApiLifecycle> Rows(JsonElement row, JsonElement sources)
    {
        var replacements = row.GetProperty("instead").EnumerateArray()
            .Select(instead => new ApiReplacement(instead.GetProperty("apiVersion").GetString()!, instead.GetProperty("since").GetInt32())).ToList();
        return row.GetProperty("kinds").EnumerateArray().Select(kind => new ApiLifecycle(
            row.GetProperty("apiVersion").GetString()!,
            kind.GetString()!,
            row.GetProperty("deprecated").GetInt32(),
            row.TryGetProperty("removed", out var removed) ? removed.GetInt32() : null,
            replacements,
            Text(row, "change"),
            Text(row, "remedy"),
            sources.GetProperty(row.GetProperty("source").GetString()!).GetString()!));
    }

    private static string? Text(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;

    private sealed record Table(int AsOf, Dictionary<(string ApiVersion, string Kind), ApiLifecycle> Known);
}
