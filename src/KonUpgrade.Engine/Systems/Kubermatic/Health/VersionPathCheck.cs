using System.Globalization;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>
/// The version that is wanted is at most one minor version away (the installer refuses more). The installer lets an older
/// one through, and nobody describes what becomes of it.
/// </summary>
internal sealed class VersionPathCheck : IReadinessCheck<KubermaticSurvey>
{
    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticVersionPath",
        "The version that is wanted is the next minor version, or the same",
        ReadinessCategory.Version,
        "Upgrade one minor version at a time; each until nothing remains (Get-ReconcileLimit).");

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken)
    {
        if (PreflightTarget.Of(subject) is not { } target)
            return PreflightTarget.NotNamed;
        var configurations = await subject.ConfigurationsAsync(cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(configurations.Count, "KubermaticConfiguration", [.. configurations.SelectMany(configuration => Look(configuration, target))]) with
        {
            Hops = [.. configurations.Select(configuration => KubermaticVersion.Parse(configuration.Version)).OfType<KubermaticVersion>().SelectMany(live => Hops(live, target)).Distinct()],
        };
    }

    // Patch versions of one minor version are one hop, and none leads to what is there.
    private static IEnumerable<UpgradeHop> Hops(KubermaticVersion live, KubermaticVersion target)
    {
        if (live.Major != target.Major || live.CompareTo(target) >= 0)
            return [];
        return live.Minor == target.Minor
            ? [new UpgradeHop(live.ToString(), target.ToString(), UpgradeWay.InPlace)]
            : Enumerable.Range(live.Minor, target.Minor - live.Minor).Select(minor => new UpgradeHop(Text(live.Major, minor), Text(live.Major, minor + 1), UpgradeWay.InPlace));
    }

    private static string Text(int major, int minor) => string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}");

    private static IEnumerable<ReadinessFinding> Look(ConfigurationFact configuration, KubermaticVersion target)
    {
        if (KubermaticVersion.Parse(configuration.Version) is not { } live)
        {
            yield return configuration.Finding(
                configuration.Version is null ? "the operator has not written a version to it, and the installer would not check it" : $"its version '{configuration.Version}' can't be read", ReadinessSeverity.Advisory, "Look whether the operator runs.");
            yield break;
        }
        if (PreflightTarget.IsTooOld(live, target))
            yield return configuration.Finding($"it is at {configuration.Version}, more than one minor version before {target}");
        else if (live.CompareTo(target) > 0)
            yield return configuration.Finding($"it is at {configuration.Version}, newer than {target}: the installer lets that through", ReadinessSeverity.Advisory, "A way back is not described upstream: restore what definitions of kinds have lost from the backup.");
    }
}
