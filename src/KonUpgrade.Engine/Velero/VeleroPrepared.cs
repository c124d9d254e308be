using System.Text.Json.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero;

/// <summary>What was looked at before anything is made: how it is called, and what is there of it already.</summary>
/// <typeparam name="T">A backup or a restore.</typeparam>
public sealed record VeleroPrepared<T>
    where T : VeleroOperation
{
    internal VeleroPrepared()
    {
    }

    /// <summary>Its name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>What the same request made before; null where it is to be made.</summary>
    public T? Existing { get; internal init; }

    /// <summary>What it is of, for people: its namespaces and kinds, and where it is kept or comes from.</summary>
    public string Description { get; internal init; } = "";

    internal string Key { get; init; } = "";

    internal JsonObject Spec { get; init; } = [];

    internal IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
