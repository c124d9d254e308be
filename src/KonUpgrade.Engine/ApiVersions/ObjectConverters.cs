using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.ApiVersions;

/// <summary>The converters, which imports and conversions alike use.</summary>
internal static class ObjectConverters
{
    private static readonly Dictionary<(string Group, string Kind), IObjectConverter> s_converters =
        new IObjectConverter[] { new DefinitionConverter() }.ToDictionary(converter => (converter.Group, converter.Kind));

    /// <summary>Whether objects of a kind may have to be converted when they are written in a version.</summary>
    public static bool MayConvert(string group, string kind, string apiVersion) =>
        s_converters.TryGetValue((group, kind), out var converter) && $"{converter.Group}/{converter.To}" == apiVersion;

    /// <summary>The object in the shape of a version.</summary>
    /// <param name="o">The object.</param>
    /// <param name="apiVersion">The group and version that it is written in.</param>
    /// <param name="notes">What was changed that is more than another place for the same thing, a sentence each.</param>
    /// <returns>UTF-8 JSON; null where it has that shape already, or no converter knows better.</returns>
    public static byte[]? Convert(KubernetesObject o, string apiVersion, out IReadOnlyList<string> notes)
    {
        notes = [];
        if (!MayConvert(o.Group, o.Kind, apiVersion))
            return null;
        var converter = s_converters[(o.Group, o.Kind)];
        var tree = JsonTree.Parse(o.Json);
        // Items of a built-in kind's list have no apiVersion and kind of their own.
        tree["apiVersion"] ??= o.ApiVersion;
        tree["kind"] ??= o.Kind;
        if (!converter.IsNeeded(tree))
            return null;
        notes = converter.Convert(tree);
        return JsonTree.Write(tree);
    }
}
