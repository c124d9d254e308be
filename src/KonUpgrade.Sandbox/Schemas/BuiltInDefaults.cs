using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>The server's defaults that are no constants: they depend on other fields. By structure.</summary>
internal static class BuiltInDefaults
{
    /// <summary>Rules that come before the constants of the same structure.</summary>
    public static IReadOnlyDictionary<string, Action<JsonObject>> Before { get; } = new Dictionary<string, Action<JsonObject>>(StringComparer.Ordinal)
    {
    };

    /// <summary>Rules that come after all below is filled in.</summary>
    public static IReadOnlyDictionary<string, Action<JsonObject>> After { get; } = new Dictionary<string, Action<JsonObject>>(StringComparer.Ordinal)
    {
    };
}
