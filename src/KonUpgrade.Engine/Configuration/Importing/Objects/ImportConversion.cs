using KonUpgrade.Engine.ApiVersions.Conversions;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>Objects whose shape the target no longer takes, brought into the one that it does.</summary>
internal static class ImportConversion
{
    /// <summary>The object in the shape of the version that it is written in.</summary>
    /// <param name="source">The object as it was read.</param>
    /// <param name="resource">What it is written to.</param>
    /// <param name="notes">What was changed in it, where that is more than another place for the same thing.</param>
    /// <returns>Null where it has that shape already.</returns>
    public static KubernetesObject? Of(KubernetesObject source, ApiResource resource, out IReadOnlyList<string> notes)
    {
        var converted = ObjectConverters.Convert(source, resource.ApiVersion, out notes);
        return converted is null ? null : KubernetesObject.Parse(converted);
    }
}
