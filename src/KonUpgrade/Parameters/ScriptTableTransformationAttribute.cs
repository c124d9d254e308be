using System.Collections;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Sees to it that a table names steps and holds script blocks, and nothing else.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ScriptTableTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (ReturnedObject.Unwrap(inputData) is not IDictionary table)
            return inputData;
        var blocks = new Hashtable(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in table)
        {
            blocks[entry.Key.ToString()!] = ReturnedObject.Unwrap(entry.Value) as ScriptBlock
                ?? throw new ArgumentTransformationMetadataException($"What '{entry.Key}' has is no script block. Write @{{ '{entry.Key}' = {{ … }} }}.");
        }

        return blocks;
    }

    /// <summary>The script blocks by step.</summary>
    internal static IReadOnlyDictionary<string, ScriptBlock> Blocks(Hashtable? table) =>
        table?.Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (ScriptBlock)entry.Value!, StringComparer.Ordinal) ?? [];
}
