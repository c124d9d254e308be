using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>What an upgrade goes to, as checks before it see it.</summary>
internal static class PreflightTarget
{
    /// <summary>What a check saw that needs a target version, where none is named.</summary>
    public static ReadinessOutcome NotNamed => ReadinessOutcome.None("No version of Kubermatic is named that it should become.");

    /// <summary>The version that is wanted; null where none is named.</summary>
    /// <exception cref="UpgradeException">TargetVersionInvalid.</exception>
    public static KubermaticVersion? Of(KubermaticSurvey subject)
    {
        if (subject.Target is not { } target)
            return null;
        return KubermaticVersion.Parse(target.Version) ?? throw new UpgradeException(new Failure
        {
            Id = "TargetVersionInvalid",
            Kind = FailureKind.InvalidArgument,
            Message = $"'{target.Version}' is no version of Kubermatic.",
            Recommendation = "Write it as v2.31.0, or with the edition: ee-v2.31.0.",
        });
    }

    /// <summary>Whether a version is more than one minor version before another (<c>kubermatic-installer</c>, its validation).</summary>
    public static bool IsTooOld(KubermaticVersion live, KubermaticVersion target) => live.Major < target.Major || (live.Major == target.Major && live.Minor < target.Minor - 1);
}
