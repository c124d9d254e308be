using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>
/// Custom resources say nothing bad of themselves: Ready, Available and Healthy are not False, Stalled, Degraded and Failed are
/// not True (the conditions that kstatus and the API conventions name; what a system means by others, its own checks know).
/// </summary>
internal sealed class ResourcesReadyCheck : IReadinessCheck<ClusterSurvey>
{
    private static readonly string[] s_good = ["Ready", "Available", "Healthy"];
    private static readonly string[] s_bad = ["Stalled", "Degraded", "Failed"];

    public ReadinessRule Rule { get; } = new()
    {
        Id = "ResourcesReady",
        Title = "No custom resource says that it is not ready",
        Category = ReadinessCategory.System,
        Severity = ReadinessSeverity.Advisory,
        Remedy = "Look at the object's status and at its controller's log.",
        Documentation = "https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties",
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var count = 0L;
        var findings = new List<ReadinessFinding>();
        var unread = new List<Failure>();
        var kinds = subject.PreferredKinds().Where(kind => !BuiltInGroups.Contains(kind.Group));
        await subject.LookAsync(kinds, metadataOnly: false, Look, unread, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(count, "custom resource", findings) with { Unread = unread };

        void Look(KubernetesObject o)
        {
            count++;
            if (Bad(o) is { } bad)
                findings.Add(new ObjectFact(o).Finding($"{bad.Type} is {bad.Status}: {bad.Why}", ReadinessSeverity.Advisory, bad.Since));
        }
    }

    private static Condition? Bad(KubernetesObject o) => o.Metadata.TryGetProperty("deletionTimestamp"u8, out _) ? null
        : Condition.Of(o.Root).FirstOrDefault(condition => (condition.IsFalse && s_good.Contains(condition.Type)) || (condition.IsTrue && s_bad.Contains(condition.Type)));
}
