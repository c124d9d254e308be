using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Hosting;

/// <summary>Times over the control endpoint: 500ms, 5s, 2m, never; or 00:00:05, as they are written.</summary>
internal sealed class TimeConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? text = reader.GetString();
        if (Durations.Read(text) is { } time) return time;
        return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan exact) ? exact
            : throw new JsonException($"'{text}' is no time; write it as 500ms, 5s, 2m or never.");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
        => writer.WriteStringValue(value == Timeout.InfiniteTimeSpan ? "never" : value.ToString("c", CultureInfo.InvariantCulture));
}
