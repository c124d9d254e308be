using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>The objects of a system's own kinds tell, in the conditions and fields that its description names, that they are well.</summary>
/// <param name="rule">What the check is called.</param>
/// <param name="health">What the description says.</param>
internal sealed class DescribedObjectsCheck(ReadinessRule rule, SystemHealth health) : IReadinessCheck<ClusterSurvey>
{
    public ReadinessRule Rule => rule;

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var served = subject.Served(health.Kinds);
        var kinds = served.Where(kind => kind.Namespaced || subject.Namespaces.Count == 0).ToList();
        if (kinds.Count == 0)
            return ReadinessOutcome.None(served.Count == 0 ? $"The cluster serves no {string.Join(", ", health.Kinds)}." : "It is about the whole cluster, and only some namespaces are meant.");
        var count = 0L;
        var findings = new List<ReadinessFinding>();
        foreach (var kind in kinds)
        {
            await foreach (var o in subject.ListAsync(kind, cancellationToken).ConfigureAwait(false))
            {
                using (o)
                {
                    count++;
                    if (Look(o) is { } finding)
                        findings.Add(finding);
                }
            }
        }
        return ReadinessOutcome.Of(count, kinds.Count == 1 ? kinds[0].Kind : "object", findings);
    }

    private ReadinessFinding? Look(KubernetesObject o)
    {
        if (o.Metadata.Text("deletionTimestamp") is not null)
            return null;
        if (WorkloadHold.IsHeld(o))
            return new ObjectFact(o).Finding("it is held, and does not run", ReadinessSeverity.Advisory, remedy: DescribedNamespacesCheck.HeldRemedy);
        if (health.Unless.Any(field => field.Find(o.Root).ValueKind is not (System.Text.Json.JsonValueKind.Undefined or System.Text.Json.JsonValueKind.Null)))
            return null;
        var conditions = health.Conditions.Count == 0 ? [] : Condition.Of(o.Root);
        foreach (var (type, status) in health.Conditions)
        {
            var told = conditions.FirstOrDefault(condition => condition.Type == type);
            if (told?.Status != status)
                return new ObjectFact(o).Finding(told is null ? $"nobody has told that it is {type}" : $"{type} is {told.Status}: {told.Why}", rule.Severity, told?.Since);
        }
        return health.Fields.FirstOrDefault(field => !field.Fits(o.Root)) is { } wrong
            ? new ObjectFact(o).Finding($"its {wrong.Path} is {FieldPattern.TextOf(wrong.Path.Find(o.Root)) ?? "not told"}, and not {string.Join(" or ", wrong.Values)}", rule.Severity)
            : null;
    }
}
