using KonUpgrade.Engine.Nodepools;

namespace KonUpgrade.Parameters;

/// <summary>How long the end of what was begun is waited for, as the command line says it.</summary>
internal static class WaitTime
{
    /// <summary>How long, and how often; null for not at all.</summary>
    public static NodepoolWaitOptions? Of(bool noWait, TimeSpan? timeout, TimeSpan? interval) =>
        noWait ? null : new NodepoolWaitOptions { Timeout = timeout, Interval = interval };

    /// <summary>That it is said how long, and that it is not waited; null where it is not.</summary>
    /// <param name="noWait">Whether it is not waited.</param>
    /// <param name="times">The parameters that say how long, and how often.</param>
    public static Failure? Conflict(bool noWait, params ReadOnlySpan<(string Name, TimeSpan? Value)> times)
    {
        var given = new List<string>();
        foreach (var (name, value) in times)
        {
            if (value is not null)
                given.Add($"-{name}");
        }

        return !noWait || given.Count == 0 ? null : new Failure
        {
            Id = "WaitTimeWithNoWait",
            Kind = FailureKind.InvalidArgument,
            Message = $"{string.Join(" and ", given)} {(given.Count > 1 ? "say" : "says")} how it is waited, and -NoWait that it is not.",
            Recommendation = $"Leave out -NoWait, or {string.Join(" and ", given)}: Wait-Nodepool waits later, and takes them.",
        };
    }
}
