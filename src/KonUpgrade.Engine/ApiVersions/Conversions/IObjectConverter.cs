using System.Text.Json.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>
/// Brings the objects of one kind from the shape of older versions into that of newer ones, so that they mean the same
/// there. One class a kind; <see cref="ObjectConverters"/> has them all. The source of their rules: the API's own
/// deprecation guide (https://kubernetes.io/docs/reference/using-api/deprecation-guide/).
/// </summary>
internal interface IObjectConverter
{
    /// <summary>The kinds; several where they are of one shape.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Whether it brings objects of a version into another, both with their groups.</summary>
    bool Converts(string from, string to);

    /// <summary>Whether an object has to be converted before a server takes it as a new one of a version, and takes it to mean the same.</summary>
    bool IsNeeded(JsonObject o, string to) => (string?)o["apiVersion"] != to;

    /// <summary>Converts an object in place, but for its apiVersion.</summary>
    /// <returns>What was changed that is more than another place for the same thing, a sentence each.</returns>
    /// <exception cref="UpgradeException">The object itself has no form in that version.</exception>
    IReadOnlyList<string> Convert(JsonObject o, string to);
}
