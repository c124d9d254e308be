using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Sees to it that a table names steps, and for each has a table of settings: texts, numbers, truth values, lengths of time, or lists of texts.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class StepSettingTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (ReturnedObject.Unwrap(inputData) is not IDictionary table)
            return inputData;
        var steps = new Hashtable(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in table)
        {
            var step = entry.Key.ToString()!;
            if (ReturnedObject.Unwrap(entry.Value) is not IDictionary settings)
                throw new ArgumentTransformationMetadataException($"What '{step}' has is no table of settings. Write @{{ '{step}' = @{{ timeout = '45m' }} }}.");
            var texts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (DictionaryEntry setting in settings)
                texts[setting.Key.ToString()!] = TextOf(setting.Value, $"{step}.{setting.Key}");
            steps[step] = texts;
        }

        return steps;
    }

    /// <summary>The settings by step.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Read(Hashtable? table) =>
        table?.Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (IReadOnlyDictionary<string, string>)(Dictionary<string, string>)entry.Value!, StringComparer.Ordinal) ?? [];

    private static string TextOf(object? given, string name) => ReturnedObject.Unwrap(given) switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        SwitchParameter flag => flag ? "true" : "false",
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s"),
        int or long or uint or ulong or short or byte => Convert.ToString(ReturnedObject.Unwrap(given), CultureInfo.InvariantCulture)!,
        IEnumerable list => string.Join(',', list.Cast<object?>().Select(one => ElementOf(one, name))),
        _ => throw new ArgumentTransformationMetadataException($"'{given}' can't be what {name} is: a text, a number, true or false, a length of time, or a list of texts."),
    };

    private static string ElementOf(object? given, string name)
    {
        var text = TextOf(given, name);
        return text.Contains(',', StringComparison.Ordinal)
            ? throw new ArgumentTransformationMetadataException($"'{text}', which is one of {name}, holds a comma: the texts of a list are told apart by commas.")
            : text;
    }
}
