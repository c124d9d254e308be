using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>What a system itself runs, in the namespaces that its description names, is available.</summary>
/// <param name="rule">What the check is called.</param>
/// <param name="namespaces">The namespaces.</param>
internal sealed class DescribedNamespacesCheck(ReadinessRule rule, IReadOnlyList<string> namespaces) : IReadinessCheck<ClusterSurvey>
{
    public ReadinessRule Rule => rule;

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var meant = namespaces.Where(ns => subject.Namespaces.Count == 0 || subject.Namespaces.Contains(ns)).ToList();
        if (meant.Count == 0)
            return ReadinessOutcome.None("None of the namespaces that are meant is the system's own.");
        var workloads = (await subject.ReadAsync(WorkloadFact.All, cancellationToken).ConfigureAwait(false)).Where(workload => meant.Contains(workload.Namespace!)).ToList();
        var empty = meant.Where(ns => !workloads.Exists(workload => workload.Namespace == ns)).Select(Empty);
        return ReadinessOutcome.Of(workloads.Count, "workload", [.. workloads.Select(Look).OfType<ReadinessFinding>(), .. empty]);
    }

    private ReadinessFinding? Look(WorkloadFact workload) => workload switch
    {
        { Wanted: 0, IsHeld: true } => workload.Finding("it is held, and does not run", ReadinessSeverity.Advisory, remedy: HeldRemedy),
        _ when WorkloadsAvailableCheck.Lack(workload) is { } lack => workload.Finding(lack, rule.Severity),
        // A DaemonSet may have no node that it is for.
        { Wanted: 0, IsDaemonSet: false } => workload.Finding("it wants no pods, and does not run", ReadinessSeverity.Advisory),
        _ => null,
    };

    /// <summary>What to do about what is held.</summary>
    internal const string HeldRemedy = "Release it when it should run (Resume-ClusterWorkload).";

    // Not every installation has each part.
    private static ReadinessFinding Empty(string ns) => new()
    {
        Target = $"Namespace {ns}",
        ApiVersion = "v1",
        Kind = "Namespace",
        Name = ns,
        Message = "nothing runs in it, or it is not there",
        Severity = ReadinessSeverity.Advisory,
        Remedy = "Install what belongs there, where this installation has that part.",
    };
}
