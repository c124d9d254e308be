using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.ApiVersions;

/// <summary>
/// What an object must say itself before another version of its kind takes it, or takes it to mean the same. The source
/// of the rules: the API's own deprecation guide.
/// </summary>
internal static class VersionShapes
{
    /// <summary>Why an object can't be written in another version as it is; null where it can.</summary>
    /// <param name="o">The object.</param>
    /// <param name="apiVersion">The group and version that it has.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="to">The group and version that it is to be written in.</param>
    public static string? WhyNot(JsonPart o, string apiVersion, string kind, string to)
    {
        if (apiVersion == to)
            return null;
        var selector = o.Member("spec").Member("selector");
        return (apiVersion, kind) switch
        {
            // A server made the selector of the pods' labels up to here, and does so no more.
            ("extensions/v1beta1", "Deployment" or "DaemonSet" or "ReplicaSet") or ("apps/v1beta1", "Deployment" or "StatefulSet") when !Selects(selector) =>
                $"{to} wants a spec.selector, and it has none.",
            ("policy/v1beta1", "PodDisruptionBudget") when !Selects(selector) =>
                $"it has no spec.selector, or an empty one: that selects no pod in {apiVersion}, and an empty one selects every pod in {to}.",
            _ => null,
        };
    }

    private static bool Selects(JsonPart selector) => selector.Member("matchLabels").HasContent || selector.Member("matchExpressions").HasContent;
}
