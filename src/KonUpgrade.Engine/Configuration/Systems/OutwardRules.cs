using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Systems;

/// <summary>What of a system acts on the world outside the cluster: Kubernetes' own kinds and those of its description.</summary>
public static class OutwardRules
{
    /// <summary>The rules for every system and those of its own.</summary>
    public static IReadOnlyList<SystemOutward> For(SystemDescription system) => [.. SystemOutward.BuiltIn, .. system.Outward];

    /// <summary>The kinds that the rules of a system speak of, as <c>-AllowOutward</c> takes them.</summary>
    public static IReadOnlyList<string> Kinds(SystemDescription system) =>
        [.. For(system).SelectMany(rule => rule.Kinds).Select(Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Refuses words that no rule speaks of.</summary>
    /// <exception cref="UpgradeException">KindNotOutward.</exception>
    public static void Check(SystemDescription system, IReadOnlyList<string> allowed)
    {
        var full = For(system).SelectMany(rule => rule.Kinds).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var kinds = Kinds(system);
        if (allowed.FirstOrDefault(word => word != "*" && !full.Contains(word) && !kinds.Contains(word, StringComparer.OrdinalIgnoreCase)) is not { } unknown)
            return;
        throw new UpgradeException(new Failure
        {
            Id = "KindNotOutward",
            Kind = FailureKind.InvalidArgument,
            Message = $"'{unknown}' is no kind that waits since it acts outside the cluster.",
            Recommendation = $"-AllowOutward takes {string.Join(", ", kinds)}, or * for all.",
            Target = unknown,
        });
    }

    /// <summary>Whether what is allowed names a kind.</summary>
    public static bool Allows(IReadOnlyCollection<string> allowed, string group, string kind) =>
        allowed.Any(word => word == "*" || word.Equals(kind, StringComparison.OrdinalIgnoreCase) || word.Equals($"{kind}.{group}", StringComparison.OrdinalIgnoreCase));

    // A kind without its group: what people write after -AllowOutward.
    private static string Name(string kind) => kind.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? kind[..dot] : kind;
}
