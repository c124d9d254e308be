using System.Collections.Concurrent;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Judging;

/// <summary>Which objects are looked at. Any number of threads may ask. A word that means nothing of what came is mistyped.</summary>
/// <param name="kinds">Words for kinds; none for all.</param>
/// <param name="namespaces">Namespaces; none for all.</param>
internal sealed class FindingFilter(IReadOnlyList<string> kinds, IReadOnlyList<string> namespaces)
{
    private readonly ConcurrentDictionary<string, bool> _seenWords = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _seenKinds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _seenNamespaces = new(StringComparer.Ordinal);

    /// <summary>Whether everything is looked at.</summary>
    public bool IsEverything => kinds.Count == 0 && namespaces.Count == 0;

    /// <summary>Whether what is of no namespace is looked at.</summary>
    public bool TakesClusterWide => namespaces.Count == 0;

    /// <summary>Whether a kind is looked at.</summary>
    public bool Includes(string apiVersion, string kind)
    {
        if (kinds.Count == 0)
            return true;
        _seenKinds.TryAdd(kind, true);
        var key = new ObjectKey(ApiResource.GroupOf(apiVersion), kind, null, "");
        var isNamed = false;
        foreach (var word in kinds)
        {
            if (!KindWords.Means(word, key, apiVersion))
                continue;
            _seenWords.TryAdd(word, true);
            isNamed = true;
        }

        return isNamed;
    }

    /// <summary>Whether an object is looked at.</summary>
    public bool Includes(string apiVersion, string kind, string? ns)
    {
        var isIncluded = Includes(apiVersion, kind);
        if (namespaces.Count == 0)
            return isIncluded;
        if (ns is not null)
            _seenNamespaces.TryAdd(ns, true);
        return isIncluded && ns is not null && namespaces.Contains(ns, StringComparer.Ordinal);
    }

    /// <summary>Once everything came: what is wrong with the words, or null.</summary>
    /// <param name="source">What was looked at, as messages call it.</param>
    public Failure? Unknown(string source)
    {
        var kind = kinds.FirstOrDefault(word => !_seenWords.ContainsKey(word));
        if (kind is not null)
            return Failure("KindNotFound", source, "a kind", kind, _seenKinds.Keys, "Name kinds as Ingress or, where several groups have one, Ingress.extensions.");
        var ns = namespaces.FirstOrDefault(name => !_seenNamespaces.ContainsKey(name));
        return ns is null ? null : Failure("NamespaceNotFound", source, "a namespace", ns, _seenNamespaces.Keys, "Name a namespace that is there.");
    }

    private static Failure Failure(string id, string source, string what, string word, IEnumerable<string> known, string recommendation) => new()
    {
        Id = id,
        Kind = FailureKind.InvalidArgument,
        Message = $"There is nothing in {source} of {what} '{word}'.{NearWords.Hint(word, known)}",
        Recommendation = recommendation,
        Target = word,
    };
}
