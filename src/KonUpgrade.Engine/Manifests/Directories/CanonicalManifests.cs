using System.Collections.Concurrent;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>
/// Reads manifests that <see cref="ManifestWriter"/> wrote, without a reader of all YAML. That the text was understood
/// is proved each time: written again, the object gives the same bytes.
/// </summary>
internal sealed class CanonicalManifests
{
    // Several threads read at once; a writer has buffers to be used again.
    private readonly ConcurrentBag<ManifestWriter> _writers = [];

    /// <summary>The object; null where the text is not as the writer would have written it.</summary>
    public KubernetesObject? TryRead(ReadOnlyMemory<byte> text)
    {
        if (WrittenYaml.TryRead(text.Span) is not { } json)
            return null;
        KubernetesObject o;
        try
        {
            o = KubernetesObject.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
        if (!_writers.TryTake(out var writer))
            writer = new ManifestWriter();
        var same = writer.ToYaml(o, []).Span.SequenceEqual(text.Span);
        _writers.Add(writer);
        if (same)
            return o;
        o.Dispose();
        return null;
    }
}
