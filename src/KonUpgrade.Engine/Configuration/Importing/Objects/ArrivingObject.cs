using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>An object in the form in which it arrives, after its system, its volumes and its version have changed what they change.</summary>
internal sealed class ArrivingObject : IDisposable
{
    private readonly KubernetesObject _source;
    private readonly KubernetesObject? _replaced;
    private readonly KubernetesObject? _shaped;
    private readonly KubernetesObject? _converted;

    /// <param name="passed">What was found of it.</param>
    /// <param name="source">The object as it was read, which stays the caller's.</param>
    /// <param name="volumes">What becomes of claims and volumes.</param>
    public ArrivingObject(PassedObject passed, KubernetesObject source, ImportVolumes volumes)
    {
        _source = source;
        _replaced = passed.Verdict.Json is { } json ? KubernetesObject.Parse(json) : null;
        _shaped = volumes.Shape(_replaced ?? source, out var ofVolume);
        _converted = ImportConversion.Of(_shaped ?? _replaced ?? source, passed.Resource, out var ofVersion);
        OfVolume = ofVolume;
        OfVersion = ofVersion.Count == 0 ? null : string.Join(' ', ofVersion);
        if (_converted is not null || source.ApiVersion != passed.Resource.ApiVersion)
            Conversion = new ClusterConfigConversion { From = source.ApiVersion, To = passed.Resource.ApiVersion, Note = ofVersion };
    }

    /// <summary>The object.</summary>
    public KubernetesObject Object => _converted ?? _shaped ?? _replaced ?? _source;

    /// <summary>What is worth knowing of it as a claim or a volume, or null.</summary>
    public string? OfVolume { get; }

    /// <summary>What was changed in it for its version, where that is more than another place for the same thing.</summary>
    public string? OfVersion { get; }

    /// <summary>How it was brought into the shape of the version that it is written in; null where it had that.</summary>
    public ClusterConfigConversion? Conversion { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _converted?.Dispose();
        _shaped?.Dispose();
        _replaced?.Dispose();
    }
}
