namespace KonUpgrade.Operations;

/// <summary>Which checks are meant, and how their outcome is told.</summary>
/// <param name="System">The system whose own checks run beside the general ones.</param>
/// <param name="Include">The ids of those that run; empty for all.</param>
/// <param name="Exclude">The ids of those that do not.</param>
/// <param name="Quiet">Whether the answer is true or false, and no error.</param>
/// <param name="ThrottleLimit">How many look at once, or null.</param>
internal sealed record ReadinessRequest(SystemRequest System, IReadOnlyList<string> Include, IReadOnlyList<string> Exclude, bool Quiet, int? ThrottleLimit);
