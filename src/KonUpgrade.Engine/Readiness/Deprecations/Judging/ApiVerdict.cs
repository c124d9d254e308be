using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Judging;

/// <summary>What is to be said of an API version on a target.</summary>
/// <param name="Severity">How soon it is a trouble.</param>
/// <param name="DeprecatedIn">The version that deprecates it, or null.</param>
/// <param name="RemovedIn">The first version that does not serve it, or null.</param>
/// <param name="Replacement">What the target serves instead, or null.</param>
/// <param name="Change">What the replacement takes to mean something else, or null.</param>
/// <param name="Remedy">What to do where nothing came in its place, or null.</param>
/// <param name="Convertible">Whether manifests are converted to the replacement.</param>
/// <param name="Documentation">Where its end is told, or null.</param>
internal sealed record ApiVerdict(
    DeprecatedApiSeverity Severity, string? DeprecatedIn, string? RemovedIn, string? Replacement, string? Change, string? Remedy, bool Convertible, string? Documentation);
