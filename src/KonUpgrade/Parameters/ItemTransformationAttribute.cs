using System.Collections;
using System.Management.Automation;
using System.Text;
using KonUpgrade.Engine.Manifests.Objects;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets items of a configuration come from the pipeline as they are, as they came back from a job or another session, or
/// as a script wrote them: a dictionary or a custom object with apiVersion and kind. Exports, directories and paths pass
/// too, where the command takes them.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ItemTransformationAttribute : ArgumentTransformationAttribute
{
    // The property that the item's text goes by on the way, as KonUpgrade.Types.ps1xml has it.
    private const string JsonProperty = "Json";

    /// <summary>Whether an export, a directory, or a path is taken as well.</summary>
    public bool AllowSource { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = ReturnedObject.Unwrap(inputData);
        return value switch
        {
            null => null,
            ClusterConfigItem item => item,
            _ when AllowSource && ExportTransformationAttribute.Rebuild(inputData) is { } export => export,
            string or FileSystemInfo when AllowSource => value,
            _ when Rebuild(value) is { } item => item,
            PSObject bag when AllowSource && (ReturnedObject.Text(bag, "Path") ?? ReturnedObject.Text(bag, "PSPath")) is { } path => path,
            _ => throw new ArgumentTransformationMetadataException(
                $"'{value}' is no item of a configuration. Give objects of Get-ClusterConfig, or dictionaries with apiVersion, kind and metadata."),
        };
    }

    private static ClusterConfigItem? Rebuild(object? value)
    {
        if (value is IDictionary written)
            return Item(written, written);
        if (IsReturned(value))
            return Returned((PSObject)value!);
        // What ConvertFrom-Json gives, or [pscustomobject].
        return value is PSObject { BaseObject: PSCustomObject } custom && custom.Properties["apiVersion"] is not null && custom.Properties["kind"] is not null
            && ScriptValue.Unwrap(custom) is IDictionary notes
            ? Item(custom, notes)
            : null;
    }

    private static ClusterConfigItem Item(object holder, IDictionary manifest)
    {
        var metadata = ScriptValue.Member(holder, "metadata");
        return new ClusterConfigItem
        {
            ApiVersion = ScriptValue.Member(holder, "apiVersion") as string ?? "",
            Kind = ScriptValue.Member(holder, "kind") as string ?? "",
            Namespace = ScriptValue.Member(metadata, "namespace") as string,
            Name = ScriptValue.Member(metadata, "name") as string ?? "",
            Action = ClusterConfigItemAction.Read,
            Object = manifest,
        };
    }

    /// <summary>Whether a value is a bag of properties that was an item.</summary>
    internal static bool IsReturned(object? value) =>
        ReturnedObject.Was<ClusterConfigItem>(value, JsonProperty, nameof(ClusterConfigItem.ApiVersion), nameof(ClusterConfigItem.Kind), nameof(ClusterConfigItem.Action));

    /// <summary>The item that a bag of properties was.</summary>
    internal static ClusterConfigItem Returned(PSObject bag)
    {
        var item = new ClusterConfigItem
        {
            ApiVersion = ReturnedObject.Text(bag, nameof(ClusterConfigItem.ApiVersion)) ?? "",
            Kind = ReturnedObject.Text(bag, nameof(ClusterConfigItem.Kind)) ?? "",
            Namespace = ReturnedObject.Text(bag, nameof(ClusterConfigItem.Namespace)),
            Name = ReturnedObject.Text(bag, nameof(ClusterConfigItem.Name)),
            Action = Enum.TryParse<ClusterConfigItemAction>(ReturnedObject.Text(bag, nameof(ClusterConfigItem.Action)), out var action) ? action : ClusterConfigItemAction.Read,
            Reason = ReturnedObject.Text(bag, nameof(ClusterConfigItem.Reason)),
            Count = ReturnedObject.Number(bag, nameof(ClusterConfigItem.Count)),
            Path = ReturnedObject.Text(bag, nameof(ClusterConfigItem.Path)),
            FieldManager = ReturnedObject.Text(bag, nameof(ClusterConfigItem.FieldManager)),
            Context = ReturnedObject.Text(bag, nameof(ClusterConfigItem.Context)),
            ClusterUid = ReturnedObject.Text(bag, nameof(ClusterConfigItem.ClusterUid)),
            Uid = ReturnedObject.Text(bag, nameof(ClusterConfigItem.Uid)),
            System = ReturnedObject.Text(bag, nameof(ClusterConfigItem.System)),
            Failure = Failure(ScriptValue.Member(bag, nameof(ClusterConfigItem.Failure))),
            Conversion = Conversion(ScriptValue.Member(bag, nameof(ClusterConfigItem.Conversion))),
        };
        // The view is there where the item was written by JSON or by hand, and counts more than the text, which nobody edits.
        if (ScriptValue.Member(bag, nameof(ClusterConfigItem.Object)) is IDictionary edited)
            return item with { Object = edited };
        if (ReturnedObject.Text(bag, JsonProperty) is { } json)
            return item with { Manifest = new ItemManifest(Encoding.UTF8.GetBytes(json), ObjectView.Of) };
        // An item of an object always had a manifest, unless a script broke it.
        return item.Action is ClusterConfigItemAction.Read or ClusterConfigItemAction.Converted
            ? item with { Action = ClusterConfigItemAction.Failed, Failure = Lost(item) }
            : item;
    }

    private static Failure? Failure(object? bag) => bag switch
    {
        Failure failure => failure,
        PSObject lost when ReturnedObject.Text(lost, nameof(Model.Failure.Id)) is { } id => new Failure
        {
            Id = id,
            Kind = Enum.TryParse<FailureKind>(ReturnedObject.Text(lost, nameof(Model.Failure.Kind)), out var kind) ? kind : FailureKind.Unspecified,
            Message = ReturnedObject.Text(lost, nameof(Model.Failure.Message)) ?? "",
            Recommendation = ReturnedObject.Text(lost, nameof(Model.Failure.Recommendation)),
            Target = ReturnedObject.Text(lost, nameof(Model.Failure.Target)),
        },
        _ => null,
    };

    private static ClusterConfigConversion? Conversion(object? bag) => bag switch
    {
        ClusterConfigConversion conversion => conversion,
        PSObject made when ReturnedObject.Text(made, nameof(ClusterConfigConversion.From)) is { } from => new ClusterConfigConversion
        {
            From = from,
            To = ReturnedObject.Text(made, nameof(ClusterConfigConversion.To)) ?? from,
            Note = ReturnedObject.Texts(made, nameof(ClusterConfigConversion.Note)),
        },
        _ => null,
    };

    private static Failure Lost(ClusterConfigItem item) => new()
    {
        Id = "ManifestLost",
        Kind = FailureKind.InvalidData,
        Message = $"{item}: the manifest did not come back with the item: it was edited into something that is none, or was written less deep than it is.",
        Recommendation = "Look at what the script makes of Object: $_.Json says what is wrong with it.",
        Target = item.ToString(),
    };
}
