using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas.Conversions;

/// <summary>The shapes that the versions of one kind have, each told against the newest.</summary>
internal interface IVersionShapes
{
    /// <summary>From the shape of a version to that of the newest, in place.</summary>
    void ToCommon(JsonObject obj, string group, string version);

    /// <summary>From the shape of the newest to that of a version, in place.</summary>
    void FromCommon(JsonObject obj, string group, string version);
}

/// <summary>Moves fields about.</summary>
internal static class Fields
{
    /// <summary>Takes a field out of its object, so that it can be put elsewhere.</summary>
    public static JsonNode? Take(this JsonObject obj, string name) => obj.Remove(name, out var value) ? value : null;

    /// <summary>Puts a value that is not null.</summary>
    public static void Put(this JsonObject obj, string name, JsonNode? value)
    {
        if (value is not null)
            obj[name] = value;
    }

    public static void Rename(this JsonObject obj, string from, string to) => obj.Put(to, obj.Take(from));

    public static IEnumerable<JsonObject> Items(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>The annotations of an object, made when there are none.</summary>
    public static JsonObject Annotations(JsonObject obj)
    {
        if (obj["metadata"] is not JsonObject metadata)
            obj["metadata"] = metadata = [];
        if (metadata["annotations"] is not JsonObject annotations)
            metadata["annotations"] = annotations = [];
        return annotations;
    }
}
