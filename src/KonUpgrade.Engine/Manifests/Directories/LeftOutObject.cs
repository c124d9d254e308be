using System.Text.Json;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>An object that an export left out for what it holds.</summary>
/// <param name="ApiVersion">Its group and version.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace, or null.</param>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why it was left out.</param>
public sealed record LeftOutObject(string ApiVersion, string Kind, string? Namespace, string Name, string Reason)
{
    /// <summary>Reads those that a list has; none where the list is not there.</summary>
    internal static IEnumerable<LeftOutObject> ReadSensitive(string list)
    {
        if (!File.Exists(list))
            yield break;
        using var reader = LineReader.Open(list);
        for (var number = 1; reader.Read(); number++)
        {
            // Most lines are of something else.
            if (reader.Current.Span.IndexOf("\"sensitive\":true"u8) >= 0 && Parse(reader.Current, list, number) is { } found)
                yield return found;
        }
    }

    private static LeftOutObject? Parse(ReadOnlyMemory<byte> line, string list, int number)
    {
        try
        {
            using var document = JsonIndex.Parse(line);
            var root = document.Root;
            if (root.Member("sensitive"u8).ValueKind != JsonValueKind.True || root.Member("name"u8).Text() is not { Length: > 0 } name)
                return null;
            return new LeftOutObject(
                root.Member("apiVersion"u8).Text() ?? "", root.Member("kind"u8).Text() ?? "", root.Member("namespace"u8).Text(), name, root.Member("reason"u8).Text() ?? "");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new UpgradeException(ManifestFailures.DamagedLine(list, number, exception), exception);
        }
    }
}
