using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Api.Tables;

/// <summary>How tables write what they show.</summary>
internal static class TableText
{
    public const string None = "<none>";
    public const string Unknown = "<unknown>";

    /// <summary>A duration in two or three figures: 85s, 4m10s, 5h, 3d4h.</summary>
    public static string Human(TimeSpan time)
    {
        long seconds = (long)Math.Truncate(time.TotalSeconds), minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
        static string Two(long first, char unit, long second, char part) => second == 0 ? Is(first, unit) : Is(first, unit) + Is(second, part);
        return seconds < -1 ? "<invalid>" : seconds < 0 ? "0s" : seconds < 120 ? Is(seconds, 's')
            : minutes < 10 ? Two(minutes, 'm', seconds % 60, 's')
            : minutes < 180 ? Is(minutes, 'm')
            : hours < 8 ? Two(hours, 'h', minutes % 60, 'm')
            : hours < 48 ? Is(hours, 'h')
            : hours < 192 ? Two(days, 'd', hours % 24, 'h')
            : days < 730 ? Is(days, 'd')
            : days < 2920 ? Two(days / 365, 'y', days % 365, 'd')
            : Is(days / 365, 'y');
    }

    /// <summary>How long ago a time of an object was.</summary>
    public static string Since(JsonNode? holder, string field, DateTimeOffset now, string absent = Unknown)
        => Fields.Time(holder, field) is { } time ? Human(now - time) : absent;

    /// <summary>The names of containers, and their images.</summary>
    public static (string Names, string Images) Containers(JsonNode? podSpec)
    {
        JsonObject[] containers = [.. Fields.Objects(podSpec, "containers")];
        return (string.Join(',', containers.Select(container => Metadata.Text(container, "name"))), string.Join(',', containers.Select(container => Metadata.Text(container, "image"))));
    }

    public static string Selector(JsonNode? selector) => ScaleSubresource.Text(selector) is { Length: > 0 } text ? text : None;

    /// <summary>A number or a share.</summary>
    public static string Share(JsonNode? value, string absent) => value?.ToString() ?? absent;

    private static string Is(long number, char unit) => number.ToString(CultureInfo.InvariantCulture) + unit;
}
