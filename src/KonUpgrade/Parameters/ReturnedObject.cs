using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>
/// An object of ours that went through a job, another session, CliXml or JSON, and came back as a bag of properties.
/// </summary>
internal static class ReturnedObject
{
    /// <summary>The object without its PowerShell wrapping, where it is a live one.</summary>
    public static object? Unwrap(object? value) =>
        value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;

    /// <summary>
    /// Whether the value is a bag of properties that was a <typeparamref name="T"/>: its type's name is kept as
    /// Deserialized.*, or it has no name at all and every property in <paramref name="properties"/>.
    /// </summary>
    public static bool Was<T>(object? value, params ReadOnlySpan<string> properties)
    {
        if (value is not PSObject { BaseObject: PSCustomObject } bag)
            return false;
        if (bag.TypeNames.Any(static name => name == "Deserialized." + typeof(T).FullName))
            return true;
        if (bag.TypeNames.Any(static name => name.StartsWith("Deserialized.", StringComparison.Ordinal)))
            return false;
        foreach (var property in properties)
        {
            if (bag.Properties[property] is null)
                return false;
        }

        return true;
    }

    /// <summary>A property's text, or null where it is absent, null or empty.</summary>
    public static string? Text(object? value, string property) =>
        Value(value, property) is { } found && Convert.ToString(found, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;

    /// <summary>A property's whole number, or zero.</summary>
    public static long Number(object? value, string property) =>
        long.TryParse(Text(value, property), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Whether a property is true.</summary>
    public static bool Flag(object? value, string property) =>
        bool.TryParse(Text(value, property), out var flag) && flag;

    /// <summary>A property's texts.</summary>
    public static IReadOnlyList<string> Texts(object? value, string property) => Unwrap(Value(value, property)) switch
    {
        null => [],
        string text => [text],
        PSObject { BaseObject: IEnumerable many } => Texts(many),
        IEnumerable many => Texts(many),
        var other => [Convert.ToString(other, CultureInfo.InvariantCulture) ?? ""],
    };

    /// <summary>A property's items, as they came back.</summary>
    public static IEnumerable<object?> Items(object? value, string property) => Unwrap(Value(value, property)) switch
    {
        null or string => [],
        PSObject { BaseObject: IEnumerable many } => many.Cast<object?>(),
        IEnumerable many => many.Cast<object?>(),
        var one => [one],
    };

    /// <summary>A property's names and texts, or null where it is absent or null.</summary>
    public static IReadOnlyDictionary<string, string>? Table(object? value, string property) => Unwrap(Value(value, property)) switch
    {
        null => null,
        IDictionary table => Table(table),
        PSObject { BaseObject: IDictionary table } => Table(table),
        PSObject bag => bag.Properties.ToDictionary(static entry => entry.Name, static entry => Convert.ToString(Unwrap(entry.Value), CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal),
        _ => null,
    };

    /// <summary>A table's names and texts.</summary>
    public static IReadOnlyDictionary<string, string> Table(IDictionary table) =>
        table.Cast<DictionaryEntry>().ToDictionary(
            static entry => Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!, static entry => Convert.ToString(Unwrap(entry.Value), CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal);

    /// <summary>A table's names, each with one text or several; none where it is null or empty.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Lists(IDictionary table) =>
        table.Cast<DictionaryEntry>().ToDictionary(
            static entry => Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!,
            static entry => (IReadOnlyList<string>)(Unwrap(entry.Value) switch
            {
                null or "" => [],
                string text => [text],
                IEnumerable many => Texts(many),
                var other => [Convert.ToString(other, CultureInfo.InvariantCulture) ?? ""],
            }),
            StringComparer.Ordinal);

    private static List<string> Texts(IEnumerable many) =>
        [.. many.Cast<object?>().Select(static item => Convert.ToString(Unwrap(item), CultureInfo.InvariantCulture) ?? "")];

    private static object? Value(object? value, string property) =>
        (value as PSObject)?.Properties[property]?.Value is { } found ? Unwrap(found) ?? found : null;
}
