using System.Text.Json;
using System.Text.RegularExpressions;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero.Results;

/// <summary>Reads what Velero writes of a backup or restore beside its counts: errors and warnings, by namespace.</summary>
internal static partial class VeleroIssues
{
    /// <summary>The most of either that are given.</summary>
    public const int Most = 10_000;

    private const int LongestMessage = 2000;

    /// <summary>Reads them; errors come first.</summary>
    /// <param name="json">The text, which is no gzip any more.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static IReadOnlyList<VeleroIssue> Read(ReadOnlyMemory<byte> json)
    {
        using var index = JsonIndex.Parse(json);
        return [.. Of(index.Root.Member("errors"u8), isError: true).Take(Most), .. Of(index.Root.Member("warnings"u8), isError: false).Take(Most)];
    }

    private static IEnumerable<VeleroIssue> Of(JsonPart part, bool isError)
    {
        foreach (var message in part.Texts("velero"))
            yield return Issue(isError, null, message);
        foreach (var message in part.Texts("cluster"))
            yield return Issue(isError, null, message);
        if (part.Member("namespaces"u8) is not { ValueKind: JsonValueKind.Object } namespaces)
            yield break;
        foreach (var one in namespaces.EnumerateObject())
        {
            foreach (var message in namespaces.Texts(one.Name))
                yield return Issue(isError, one.Name.Length > 0 ? one.Name : null, message);
        }
    }

    private static VeleroIssue Issue(bool isError, string? @namespace, string message)
    {
        // What a webhook or an API server says may hold what nobody is to see.
        var said = SecretMask.Mask(message.Length > LongestMessage ? message[..LongestMessage] + "…" : message);
        var (resource, place, name) = ObjectOf(said);
        return new VeleroIssue
        {
            IsError = isError,
            Namespace = @namespace ?? place,
            Resource = resource,
            Name = name,
            Message = said,
            // Its versions word it differently; only these two words are the same in all.
            AlreadyExists = said.Contains("already exists", StringComparison.Ordinal),
        };
    }

    // The versions of Velero write the object in several ways; where it is written in none of them, the words stand alone.
    private static (string? Resource, string? Namespace, string? Name) ObjectOf(string message)
    {
        if (Restoring().Match(message) is { Success: true } restoring)
        {
            var parts = restoring.Groups["path"].Value.Split('/');
            return parts.Length switch
            {
                3 => (parts[0], parts[1], parts[2]),
                2 => (parts[0], null, parts[1]),
                _ => (parts[0], null, null),
            };
        }

        if (Exists().Match(message) is { Success: true } exists)
            return (Filled(exists.Groups["kind"].Value), null, exists.Groups["name"].Value);
        return Logged().Match(message) is { Success: true } logged ? (Filled(logged.Groups["resource"].Value), null, logged.Groups["name"].Value) : default;
    }

    private static string? Filled(string text) => text.Length > 0 ? text : null;

    [GeneratedRegex(@"^error restoring (?<path>[^\s:]+(?:/[^\s:]+){0,2}?(?::[^\s/:]+)*): ", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Restoring();

    [GeneratedRegex("""^could not restore, (?<kind>[\w.]+)[ :]"?(?<name>[^\s"]+?)"? already exists""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Exists();

    [GeneratedRegex(@"^\s*(?:resource: /(?<resource>\S+) )?name: /(?<name>\S+)(?: message: /| error: /|$)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Logged();
}
