using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>The edition stays: the installer refuses another one without <c>--allow-edition-change</c>.</summary>
internal sealed class EditionCheck : IReadinessCheck<KubermaticSurvey>
{
    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticEdition",
        "The edition stays the same",
        ReadinessCategory.System,
        "Use the installer of the same edition; or, where the change is meant, give it --allow-edition-change.");

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken)
    {
        if (subject.Target?.Edition is not { Length: > 0 } wanted)
            return ReadinessOutcome.None("No edition is named that it should become: a version names it as the installer's archives do (ee-v2.31.0).");
        var configurations = await subject.ConfigurationsAsync(cancellationToken).ConfigureAwait(false);
        var findings = configurations.Where(one => one.Edition is { } edition && !IsSame(edition, wanted)).Select(one => one.Finding($"it is the {one.Edition}, and not the {wanted}"));
        return ReadinessOutcome.Of(configurations.Count, "KubermaticConfiguration", [.. findings]);
    }

    // Community Edition and Enterprise Edition: people write CE and EE as well.
    private static bool IsSame(string edition, string wanted) => char.ToUpperInvariant(edition[0]) == char.ToUpperInvariant(wanted[0]);
}
