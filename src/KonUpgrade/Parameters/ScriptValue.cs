using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Language;

namespace KonUpgrade.Parameters;

/// <summary>Values within an object that scripts edited: what is behind PowerShell's wrapping.</summary>
internal static class ScriptValue
{
    private static readonly string NumberName = "Deserialized." + typeof(JsonNumber).FullName;

    /// <summary>
    /// The value without its wrapping; a custom object as an ordered dictionary of its notes; null for every null that
    /// PowerShell has. What is anything else is given as it is.
    /// </summary>
    public static object? Unwrap(object value) => value switch
    {
        _ when ReferenceEquals(value, AutomationNull.Value) => null,
        NullString or DBNull => null,
        PSObject { BaseObject: PSCustomObject } custom => Notes(custom),
        PSObject wrapped => wrapped.BaseObject is var inner && ReferenceEquals(inner, wrapped) ? inner : Unwrap(inner),
        _ => value,
    };

    /// <summary>A member of a dictionary or a custom object, unwrapped; null where there is none.</summary>
    public static object? Member(object? holder, string name) => holder switch
    {
        null => null,
        IDictionary mapping => mapping.Contains(name) && mapping[name] is { } value ? Unwrap(value) : null,
        PSObject { BaseObject: IDictionary mapping } => Member(mapping, name),
        PSObject custom => custom.Properties[name]?.Value is { } value ? Unwrap(value) : null,
        _ => null,
    };

    private static object Notes(PSObject custom)
    {
        if (custom.TypeNames.Contains(NumberName) && ReturnedObject.Text(custom, nameof(JsonNumber.Text)) is { } text)
            return new JsonNumber(text);
        // What was an object of some class is no dictionary for having properties.
        if (custom.TypeNames.Any(static name => name.StartsWith("Deserialized.", StringComparison.Ordinal) && name != "Deserialized.System.Management.Automation.PSCustomObject"))
            return custom;
        var notes = new OrderedDictionary(StringComparer.Ordinal);
        foreach (var property in custom.Properties)
        {
            if (property is not PSNoteProperty)
                return custom;
            notes[property.Name] = property.Value;
        }

        return notes;
    }
}
