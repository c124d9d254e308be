using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Schemas.Conversions;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// Carries an object from one group version of its kind to another. Most versions differ in name only; where their fields
/// differ, both are described against one of them, as the real server's are against its internal form.
/// </summary>
internal static class Conversion
{
    private static readonly Dictionary<string, IVersionShapes> Shapes = new(StringComparer.Ordinal)
    {
        ["Ingress"] = new IngressShapes(),
        ["CustomResourceDefinition"] = new CrdShapes(),
        ["HorizontalPodAutoscaler"] = new HpaShapes(),
        ["Event"] = new EventShapes(),
        ["EndpointSlice"] = new EndpointSliceShapes(),
        ["PriorityLevelConfiguration"] = new PriorityLevelShapes(),
    };

    /// <summary>The object in the other version. <paramref name="obj"/> may be changed and returned.</summary>
    public static JsonObject Convert(JsonObject obj, ServedResource from, ServedResource to)
    {
        if (from.ApiVersion == to.ApiVersion)
            return obj;
        obj["apiVersion"] = to.ApiVersion;
        if (!to.Schema.BuiltIn)
            return obj;
        if (Shapes.TryGetValue(to.Kind.Kind, out var shapes))
        {
            shapes.ToCommon(obj, from.Group, from.Version);
            shapes.FromCommon(obj, to.Group, to.Version);
        }
        UnknownFields.Prune(obj, to.Schema);
        BuiltInForm.Normalize(obj, to.Schema);
        return obj;
    }
}
