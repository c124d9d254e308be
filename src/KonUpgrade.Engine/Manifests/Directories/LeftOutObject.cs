using System.Text.Json;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>An object that an export left out.</summary>
/// <param name="ApiVersion">Its group and version.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace, or null.</param>
/// <param name="Name">Its name; empty for a whole kind.</param>
/// <param name="Reason">Why it was left out.</param>
public sealed record LeftOutObject(string ApiVersion, string Kind, string? Namespace, string Name, string Reason)
{
    /// <summary>Reads those that a list has for what they hold; none where the list is not there.</summary>
    internal static IEnumerable<LeftOutObject> ReadSensitive(string list) =>
        // Most lines are of something else.
        Read(list, static line => line.IndexOf("\"sensitive\":true"u8) >= 0, static root => root.Member("sensitive"u8).ValueKind == JsonValueKind.True && root.Member("name"u8).Text() is { Length: > 0 });

    /// <summary>Reads all that a list has by name, and the kinds that it has as a whole, which have no name; none where the list is not there.</summary>
    internal static IEnumerable<LeftOutObject> ReadAll(string list) =>
        Read(list, static line => line.IndexOf("\"ownerKind\":"u8) < 0, static root => root.Member("ownerKind"u8).ValueKind == JsonValueKind.Undefined);

    private static IEnumerable<LeftOutObject> Read(string list, LineTest mayBe, Func<JsonPart, bool> isMeant)
    {
        if (!File.Exists(list))
            yield break;
        using var reader = LineReader.Open(list);
        for (var number = 1; reader.Read(); number++)
        {
            if (mayBe(reader.Current.Span) && Parse(reader.Current, isMeant, list, number) is { } found)
                yield return found;
        }
    }

    private delegate bool LineTest(ReadOnlySpan<byte> line);

    private static LeftOutObject? Parse(ReadOnlyMemory<byte> line, Func<JsonPart, bool> isMeant, string list, int number)
    {
        try
        {
            using var document = JsonIndex.Parse(line);
            var root = document.Root;
            return isMeant(root)
                ? new LeftOutObject(root.Member("apiVersion"u8).Text() ?? "", root.Member("kind"u8).Text() ?? "", root.Member("namespace"u8).Text(), root.Member("name"u8).Text() ?? "", root.Member("reason"u8).Text() ?? "")
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new UpgradeException(ManifestFailures.DamagedLine(list, number, exception), exception);
        }
    }
}
