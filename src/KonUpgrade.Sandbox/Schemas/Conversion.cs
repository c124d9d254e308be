using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>Carries an object from one group version of its kind to another.</summary>
internal static class Conversion
{
    /// <summary>The object in the other version. <paramref name="obj"/> may be changed and returned.</summary>
    public static JsonObject Convert(JsonObject obj, ServedResource from, ServedResource to)
    {
        if (from.ApiVersion == to.ApiVersion)
            return obj;
        obj["apiVersion"] = to.ApiVersion;
        return obj;
    }
}
