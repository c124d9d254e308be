namespace KonUpgrade.Sandbox.Api;

/// <summary>The built-in kinds whose server keeps metadata.generation; the others never show the field.</summary>
internal static class GenerationKinds
{
    private static readonly HashSet<string> Kinds = new(StringComparer.Ordinal)
    {
        "apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "apps/DaemonSet",
        "extensions/Ingress", "networking.k8s.io/Ingress", "networking.k8s.io/NetworkPolicy", "networking.k8s.io/IngressClass",
        "batch/Job", "batch/CronJob", "policy/PodDisruptionBudget", "policy/PodSecurityPolicy",
        "/ReplicationController", "/PodTemplate", "scheduling.k8s.io/PriorityClass",
        "admissionregistration.k8s.io/ValidatingWebhookConfiguration", "admissionregistration.k8s.io/MutatingWebhookConfiguration",
        "admissionregistration.k8s.io/ValidatingAdmissionPolicy", "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
        "apiextensions.k8s.io/CustomResourceDefinition", "discovery.k8s.io/EndpointSlice",
        "flowcontrol.apiserver.k8s.io/FlowSchema", "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
    };

    public static bool Counts(string group, string kind) => Kinds.Contains($"{group}/{kind}");
}
