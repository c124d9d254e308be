using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions;

/// <summary>
/// Brings the objects of one kind from the shape of older versions into that of the version that it converts to. One
/// class a kind; <see cref="ObjectConverters"/> has them all.
/// </summary>
internal interface IObjectConverter
{
    /// <summary>The API group of the kind.</summary>
    string Group { get; }

    /// <summary>The kind.</summary>
    string Kind { get; }

    /// <summary>The version that it converts to, without its group.</summary>
    string To { get; }

    /// <summary>Whether an object has to be converted before a server takes it as a new one of that version.</summary>
    bool IsNeeded(JsonObject o);

    /// <summary>Converts an object in place.</summary>
    /// <returns>What was changed that is more than another place for the same thing, a sentence each.</returns>
    IReadOnlyList<string> Convert(JsonObject o);
}
