using System.Globalization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness;

/// <summary>What a check saw.</summary>
public sealed record ReadinessOutcome
{
    /// <summary>What was looked at, with its count: <c>48 workloads</c>.</summary>
    public required string Examined { get; init; }

    /// <summary>What was found; empty where all is as it should be.</summary>
    public IReadOnlyList<ReadinessFinding> Findings { get; init; } = [];

    /// <summary>What could not be found out of it; empty where all could.</summary>
    public IReadOnlyList<Failure> Unread { get; init; } = [];

    /// <summary>How much it weighs here when it can't be found out; null for what the rule says.</summary>
    public ReadinessSeverity? Severity { get; init; }

    /// <summary>Why there was nothing to look at; null where there was something.</summary>
    public string? Absent { get; init; }

    /// <summary>The hops of the way between versions, where it is about that.</summary>
    public IReadOnlyList<UpgradeHop> Hops { get; init; } = [];

    /// <summary>Something was looked at.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">What one of them is called.</param>
    /// <param name="findings">What was found.</param>
    /// <param name="many">What several are called; null where an s does it.</param>
    public static ReadinessOutcome Of(long count, string one, IReadOnlyList<ReadinessFinding> findings, string? many = null) => count == 0 && findings.Count == 0
        ? None($"There are no {many ?? one + "s"} here.")
        : new ReadinessOutcome
        {
            Examined = string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}"),
            Findings = findings,
        };

    /// <summary>There was nothing to look at.</summary>
    /// <param name="why">Why, as a sentence.</param>
    public static ReadinessOutcome None(string why) => new() { Examined = "", Absent = why };
}
