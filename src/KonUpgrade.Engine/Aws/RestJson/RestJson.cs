using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace KonUpgrade.Engine.Aws.RestJson;

/// <summary>
/// JSON as the services write it: times as seconds since 1970, numbers that some servers put in quotes, null for what is
/// absent, and fields that are not known, which are passed over.
/// </summary>
internal static class RestJson
{
    /// <summary>Options for services whose fields begin with a small letter (EKS).</summary>
    public static JsonSerializerOptions CamelCase { get; } = Options(JsonNamingPolicy.CamelCase);

    /// <summary>Options for services whose fields begin with a capital (Backup).</summary>
    public static JsonSerializerOptions PascalCase { get; } = Options(null);

    private static JsonSerializerOptions Options(JsonNamingPolicy? naming) => new()
    {
        PropertyNamingPolicy = naming,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new EpochSeconds() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Lenient } },
    };

    private static void Lenient(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            // What callers must give may stand in the path alone, and not in the JSON at all.
            property.IsRequired = false;
            if (property.Set is { } set)
            {
                property.Set = (target, value) =>
                {
                    if (value is not null)
                        set(target, value);
                };
            }
        }
    }

    private sealed class EpochSeconds : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String ? reader.GetDateTimeOffset() : DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(reader.GetDouble() * 1000));

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteNumberValue((value - DateTimeOffset.UnixEpoch).TotalSeconds);
    }
}
