using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Drops annotations in which built-in controllers keep their own state: revisions of Deployments, readings of autoscalers.</summary>
internal sealed class ControllerAnnotationsRule : IManifestRule
{
    private static readonly string[] s_workload = ["deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation"];

    private static readonly string[] s_autoscaler =
        ["autoscaling.alpha.kubernetes.io/conditions", "autoscaling.alpha.kubernetes.io/current-metrics"];

    public string Name => "ControllerAnnotations";

    public bool AppliesTo(string group, string kind) => Keys(group, kind).Length > 0;

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        foreach (var key in Keys(o.Group, o.Kind))
        {
            if (o.Annotation(key) is not null)
                outcome.Drop(FieldPath.Of("metadata", "annotations", key));
        }
    }

    private static string[] Keys(string group, string kind) => (group, kind) switch
    {
        ("apps" or "extensions", "Deployment" or "DaemonSet") => s_workload,
        ("autoscaling", "HorizontalPodAutoscaler") => s_autoscaler,
        _ => [],
    };
}
