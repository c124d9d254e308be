using KonUpgrade.Engine.ApiVersions.Lifecycle;

namespace KonUpgrade.Engine.Readiness.Deprecations.Live;

/// <summary>Kinds by the names of their resources, where no server can be asked: all of Kubernetes' own that ever went are regular.</summary>
internal static class Plurals
{
    /// <summary>The kind of a resource that is known to be deprecated or gone, or null.</summary>
    public static string? KindOf(string apiVersion, string plural) =>
        ApiLifecycles.All.FirstOrDefault(known => known.ApiVersion == apiVersion && Of(known.Kind) == plural)?.Kind;

    private static string Of(string kind)
    {
        var word = kind.ToLowerInvariant();
        return word.EndsWith('y') ? word[..^1] + "ies"
            : word.EndsWith('s') || word.EndsWith("ch", StringComparison.Ordinal) ? word + "es"
            : word + "s";
    }
}
