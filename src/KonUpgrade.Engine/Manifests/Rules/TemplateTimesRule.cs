using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Drops the empty creationTimestamp that servers before 1.34 write into the metadata of templates, and the status in
/// templates of claims: nobody wrote them, and between versions they would be differences.
/// </summary>
internal sealed class TemplateTimesRule : IManifestRule
{
    private static readonly ManifestEdit[] s_workload = [Time(FieldPath.Of("spec", "template"))];
    private static readonly ManifestEdit[] s_cronJob = [Time(FieldPath.Of("spec", "jobTemplate")), Time(FieldPath.Of("spec", "jobTemplate", "spec", "template"))];
    private static readonly ManifestEdit[] s_podTemplate = [Time(FieldPath.Of("template"))];

    private static readonly ManifestEdit[] s_statefulSet =
    [
        .. s_workload,
        Time(FieldPath.Of("spec", "volumeClaimTemplates").EveryElement()),
        new(FieldPath.Of("spec", "volumeClaimTemplates").EveryElement().Member("status"), null),
    ];

    public string Name => "TemplateTimes";

    public bool AppliesTo(string group, string kind) => Edits(group, kind).Length > 0;

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        foreach (var edit in Edits(o.Group, o.Kind))
            outcome.Edit(edit);
    }

    private static ManifestEdit[] Edits(string group, string kind) => (group, kind) switch
    {
        ("apps", "StatefulSet") => s_statefulSet,
        ("apps" or "extensions", "Deployment" or "ReplicaSet" or "DaemonSet") or ("batch", "Job") or ("", "ReplicationController") => s_workload,
        ("batch", "CronJob") => s_cronJob,
        ("", "PodTemplate") => s_podTemplate,
        _ => [],
    };

    private static ManifestEdit Time(FieldPath template) => new(template.Member("metadata").Member("creationTimestamp"), null);
}
