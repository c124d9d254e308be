using System.Globalization;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing.Holding;

/// <summary>
/// The claims of a StatefulSet by name: its templates stand for one each for every Pod, <c>template-set-ordinal</c>. One
/// that is there is used with what is in it, and one that is not is made, empty.
/// </summary>
/// <param name="source">The names of the claims that the source had in a namespace.</param>
internal sealed class StatefulSetClaims(Func<string, IReadOnlyCollection<string>> source)
{
    // Nobody has that many Pods; a number that was mistyped must not fill the memory.
    private const int Most = 1000;

    /// <summary>
    /// The claims that hold, or may hold, data of a StatefulSet. What the source had of a template counts, also beyond its
    /// replicas. Where it is not known to have had any, those count that the set would make at once: its data is as likely
    /// to be elsewhere, as where an export was made without claims. A set without replicas makes none.
    /// </summary>
    /// <param name="set">The StatefulSet.</param>
    /// <param name="derive">Whether claims count that the source is not known to have had.</param>
    public IEnumerable<string> Of(KubernetesObject set, bool derive)
    {
        if (set is not { Group: "apps", Kind: "StatefulSet", Namespace: { } ns })
            yield break;
        var had = source(ns);
        foreach (var template in set.Root.Member("spec").Objects("volumeClaimTemplates"))
        {
            if (template.Member("metadata").Text("name") is not { Length: > 0 } name)
                continue;
            var prefix = $"{name}-{set.Name}-";
            var known = had.Where(claim => claim.StartsWith(prefix, StringComparison.Ordinal) && IsOrdinal(claim.AsSpan(prefix.Length))).ToList();
            foreach (var claim in known.Count > 0 || !derive ? known : Made(set.Root.Member("spec"), prefix))
                yield return claim;
        }
    }

    private static IEnumerable<string> Made(JsonPart spec, string prefix)
    {
        var replicas = spec.Member("replicas") is { ValueKind: System.Text.Json.JsonValueKind.Number } number ? number.TryGetInt32(out var count) ? count : Most : 1;
        var start = spec.Member("ordinals").Member("start") is { ValueKind: System.Text.Json.JsonValueKind.Number } first && first.TryGetInt32(out var ordinal) ? ordinal : 0;
        return Enumerable.Range(0, Math.Clamp(replicas, 0, Most)).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}{(long)start + i}"));
    }

    private static bool IsOrdinal(ReadOnlySpan<char> text) =>
        !text.IsEmpty && text.IndexOfAnyExceptInRange('0', '9') < 0 && (text.Length == 1 || text[0] != '0');
}
