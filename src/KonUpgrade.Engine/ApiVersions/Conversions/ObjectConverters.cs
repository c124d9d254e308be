using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>The converters, which imports and conversions alike use.</summary>
internal static class ObjectConverters
{
    private static readonly ILookup<string, IObjectConverter> s_converters =
        new IObjectConverter[]
        {
            new BudgetConverter(), new DaemonSetConverter(), new DefinitionConverter(), new DeploymentConverter(), new EndpointSliceConverter(),
            new HorizontalPodAutoscalerConverter(), new IngressConverter(), new PriorityLevelConverter(), new ReplicaSetConverter(), new RoleBindingConverter(),
            new RuntimeClassConverter(), new StatefulSetConverter(), new WebhookConfigurationConverter(),
        }.SelectMany(converter => converter.Kinds, (converter, kind) => (converter, kind)).ToLookup(pair => pair.kind, pair => pair.converter);

    /// <summary>Whether objects of a kind may have to be converted when those of one version are written in another.</summary>
    public static bool MayConvert(string kind, string from, string to) => Find(kind, from, to) is not null;

    /// <summary>The object in the shape of a version.</summary>
    /// <param name="o">The object.</param>
    /// <param name="apiVersion">The group and version that it is written in.</param>
    /// <param name="notes">What was changed that is more than another place for the same thing, a sentence each.</param>
    /// <returns>UTF-8 JSON; null where it has that shape already, or no converter knows better.</returns>
    /// <exception cref="UpgradeException">The object itself has no form in that version.</exception>
    public static byte[]? Convert(KubernetesObject o, string apiVersion, out IReadOnlyList<string> notes)
    {
        notes = [];
        if (Find(o.Kind, o.ApiVersion, apiVersion) is not { } converter)
            return null;
        var tree = JsonTree.Parse(o.Json);
        // Items of a built-in kind's list have no apiVersion and kind of their own.
        tree["apiVersion"] ??= o.ApiVersion;
        tree["kind"] ??= o.Kind;
        if (!converter.IsNeeded(tree, apiVersion))
            return null;
        notes = converter.Convert(tree, apiVersion);
        tree["apiVersion"] = apiVersion;
        return JsonTree.Write(tree);
    }

    private static IObjectConverter? Find(string kind, string from, string to) => s_converters[kind].FirstOrDefault(converter => converter.Converts(from, to));
}
