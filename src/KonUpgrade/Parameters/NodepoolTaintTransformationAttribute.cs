using System.Collections;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets taints be given as kubectl writes them (<c>key=value:NoSchedule</c>, <c>key:NoSchedule</c>), as <see cref="NodepoolTaint"/>,
/// or as one that came back from a job or a file.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class NodepoolTaintTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly string[] s_effects = ["NoSchedule", "NoExecute", "PreferNoSchedule"];

    /// <summary>Whether a key alone will do: all taints of the key are meant then, and their effect is empty.</summary>
    public bool AllowKeyAlone { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        inputData is null ? null : All(inputData, AllowKeyAlone).ToArray();

    /// <summary>The taints of a value: one or many, in whatever form.</summary>
    internal static IEnumerable<NodepoolTaint> All(object? value, bool allowKeyAlone = false) => ReturnedObject.Unwrap(value) switch
    {
        null => [],
        NodepoolTaint taint => [taint],
        string text => [Read(text, allowKeyAlone)],
        IDictionary table => [Of(table["Key"], table["Value"], table["Effect"], allowKeyAlone)],
        PSObject { BaseObject: PSCustomObject } bag => [Of(bag.Properties["Key"]?.Value, bag.Properties["Value"]?.Value, bag.Properties["Effect"]?.Value, allowKeyAlone)],
        PSObject { BaseObject: IEnumerable many } => many.Cast<object?>().SelectMany(one => All(one, allowKeyAlone)),
        IEnumerable many => many.Cast<object?>().SelectMany(one => All(one, allowKeyAlone)),
        var other => throw new ArgumentTransformationMetadataException($"'{other}' is no taint. Write key=value:NoSchedule."),
    };

    private static NodepoolTaint Read(string text, bool allowKeyAlone)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 && !allowKeyAlone)
            throw new ArgumentTransformationMetadataException($"'{text}' is no taint: its effect is missing. Write key=value:NoSchedule, with NoSchedule, NoExecute or PreferNoSchedule.");
        var rest = colon < 0 ? text : text[..colon];
        var equals = rest.IndexOf('=', StringComparison.Ordinal);
        return Of(equals < 0 ? rest : rest[..equals], equals < 0 ? null : rest[(equals + 1)..], colon < 0 ? null : text[(colon + 1)..], allowKeyAlone);
    }

    private static NodepoolTaint Of(object? key, object? value, object? effect, bool allowKeyAlone)
    {
        if (key?.ToString() is not { Length: > 0 } name)
            throw new ArgumentTransformationMetadataException("A taint has no key. Write key=value:NoSchedule.");
        var asked = effect?.ToString() ?? "";
        if (asked.Length == 0 && allowKeyAlone)
            return new NodepoolTaint(name, value?.ToString(), "");
        return new NodepoolTaint(
            name,
            value?.ToString() is { Length: > 0 } given ? given : null,
            s_effects.FirstOrDefault(known => known.Equals(asked, StringComparison.OrdinalIgnoreCase))
                ?? throw new ArgumentTransformationMetadataException($"'{asked}' is no effect of a taint. There are NoSchedule, NoExecute and PreferNoSchedule."));
    }
}
