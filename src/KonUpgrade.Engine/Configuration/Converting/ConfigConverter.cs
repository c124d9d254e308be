using KonUpgrade.Engine.ApiVersions.Conversions;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Converting;

/// <summary>
/// Brings items into the versions and shapes that a target takes as new objects, by the converters that imports use. What
/// needs nothing passes as it is. One thread at a time.
/// </summary>
/// <param name="target">What they are converted for.</param>
/// <param name="unwrap">Takes the wrapping of a scripting language off a value, or gives the value itself.</param>
public sealed class ConfigConverter(ConversionTarget target, Func<object, object?> unwrap) : IDisposable
{
    private readonly ObjectWriter _writer = new(unwrap);

    /// <summary>The item as the target takes it: itself where it needs nothing; Failed where it can't be converted.</summary>
    public ClusterConfigItem Convert(ClusterConfigItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item is { IsEmptied: true, Action: not (ClusterConfigItemAction.LeftOut or ClusterConfigItemAction.Failed) })
            return Failed(item, ObjectFailures.Emptied(item));
        if (item.Manifest is not { } manifest || item.Action is ClusterConfigItemAction.LeftOut or ClusterConfigItemAction.Failed)
            return item;
        try
        {
            // What nobody looked into is of the kind that the item says.
            if (!manifest.IsSeen && !Concerns(item.ApiVersion, item.Kind))
                return item;
            var json = manifest.IsSeen ? _writer.ToJson(manifest.Object, manifest.Json) : manifest.Json;
            using var o = KubernetesObject.Parse(json);
            return Convert(item, o);
        }
        catch (UpgradeException exception)
        {
            return Failed(item, exception.Failure with { Message = $"{item}: {exception.Failure.Message}", Target = exception.Failure.Target ?? item.ToString() });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private bool Concerns(string apiVersion, string kind)
    {
        var version = target.VersionFor(apiVersion, kind, out var refusal);
        return refusal is not null || version != apiVersion || ObjectConverters.MayConvert(kind, apiVersion, version);
    }

    private ClusterConfigItem Convert(ClusterConfigItem item, KubernetesObject o)
    {
        var version = target.VersionFor(o.ApiVersion, o.Kind, out var refusal);
        if (refusal is not null)
            return Failed(item, NoConversion(o, refusal));
        var json = ObjectConverters.Convert(o, version, out var notes);
        if (json is null)
        {
            if (version == o.ApiVersion)
                return item;
            var tree = JsonTree.Parse(o.Json);
            tree["apiVersion"] = version;
            json = JsonTree.Write(tree);
        }

        return item with
        {
            ApiVersion = version,
            Kind = o.Kind,
            Namespace = o.Namespace,
            Name = o.Name,
            Action = ClusterConfigItemAction.Converted,
            Reason = notes.Count == 0 ? null : string.Join(' ', notes),
            Conversion = new ClusterConfigConversion { From = o.ApiVersion, To = version, Note = notes },
            Manifest = new ItemManifest(json, ObjectView.Of),
        };
    }

    private static ClusterConfigItem Failed(ClusterConfigItem item, Failure failure) =>
        item with { Action = ClusterConfigItemAction.Failed, Reason = failure.Message, Failure = failure };

    private static Failure NoConversion(KubernetesObject o, string refusal) => new()
    {
        Id = "NoConversion",
        Kind = FailureKind.NotSupported,
        Message = $"{o}: {refusal}",
        Recommendation = "Write the object anew in a version that the target serves; kubectl convert, or a chart's newer version, may do it.",
        Target = o.ToString(),
    };
}
