using System.Globalization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness;

/// <summary>A check as people and scripts see it.</summary>
internal static class ReadinessView
{
    /// <summary>Makes it.</summary>
    public static ReadinessCheck Of(ReadinessRule rule, ReadinessOutcome outcome, IReadinessSubject subject, TimeSpan duration)
    {
        var findings = outcome.Findings.OrderByDescending(finding => finding.Severity).ToList();
        return new ReadinessCheck
        {
            Id = rule.Id,
            Title = rule.Title,
            Category = rule.Category,
            Severity = outcome.Severity ?? rule.Severity,
            Status = StatusOf(outcome),
            Cluster = subject.Name,
            ClusterUid = subject.Uid,
            Examined = outcome.Examined.Length == 0 ? null : outcome.Examined,
            Message = MessageOf(outcome, findings),
            Findings = findings,
            Hops = outcome.Hops,
            Remedy = findings.Count > 0 ? rule.Remedy : outcome.Unread is [var first, ..] ? first.Recommendation : null,
            Documentation = rule.Documentation,
            Failure = outcome.Unread.Count > 0 ? outcome.Unread[0] : null,
            Duration = duration,
        };
    }

    // What blocks is known, whatever else is not; what only could be noted says nothing about what was not seen.
    private static ReadinessStatus StatusOf(ReadinessOutcome outcome) =>
        outcome.Findings.Any(finding => finding.Severity == ReadinessSeverity.Blocking) ? ReadinessStatus.Failed
        : outcome.Unread.Count > 0 ? ReadinessStatus.Unknown
        : outcome.Findings.Count > 0 ? ReadinessStatus.Warning
        : outcome.Absent is null ? ReadinessStatus.Passed
        : ReadinessStatus.NotApplicable;

    private static string MessageOf(ReadinessOutcome outcome, List<ReadinessFinding> findings)
    {
        var unread = outcome.Unread switch
        {
            [] => "",
            [var only] => $"Not all could be looked at: {only.Message}",
            [var first, ..] => string.Create(CultureInfo.InvariantCulture, $"Not all could be looked at, for {outcome.Unread.Count} reasons: {first.Message}"),
        };
        if (findings.Count == 0)
            return unread.Length > 0 ? unread : outcome.Absent ?? $"{outcome.Examined}: nothing to find fault with.";
        var more = findings.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {findings.Count - 1} more of {outcome.Examined}.");
        return $"{findings[0].Target}: {Sentence(findings[0].Message)}{more}{(unread.Length > 0 ? " " + unread : "")}";
    }

    private static string Sentence(string message) => message.EndsWith('.') ? message : message + ".";
}
