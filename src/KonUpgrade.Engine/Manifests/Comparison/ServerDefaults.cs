using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Manifests.Comparison;

/// <summary>
/// Fields that API servers of newer versions write by themselves, with the value that they write. Where two clusters
/// of different versions are compared, such a field with such a value on one side only says nothing about the
/// configuration. Each row names the version that brought the default; the source is the API reference of that version.
/// </summary>
public static class ServerDefaults
{
    private static readonly HashSet<(string Kind, string Path, string Value)> s_defaults =
    [
        ("Namespace", "metadata.labels['kubernetes.io/metadata.name']", "*"), // 1.21, the namespace's own name
        ("Namespace", "spec.finalizers", """["kubernetes"]"""),
        ("Service", "spec.internalTrafficPolicy", "\"Cluster\""), // 1.21 behind a gate, 1.22
        ("Service", "spec.allocateLoadBalancerNodePorts", "true"), // 1.20 behind a gate, 1.22
        ("Service", "spec.ipFamilyPolicy", "\"SingleStack\""), // 1.20
        ("Service", "spec.ipFamilies", """["IPv4"]"""), // 1.20
        ("Service", "spec.sessionAffinity", "\"None\""),
        ("StatefulSet", "spec.persistentVolumeClaimRetentionPolicy", """{"whenDeleted":"Retain","whenScaled":"Retain"}"""), // 1.27
        ("DaemonSet", "spec.updateStrategy.rollingUpdate.maxSurge", "0"), // 1.21 behind a gate, 1.22
        ("Job", "spec.completionMode", "\"NonIndexed\""), // 1.21 behind a gate, 1.22
        ("Job", "spec.suspend", "false"), // 1.21 behind a gate, 1.22
        ("Job", "spec.podReplacementPolicy", "\"TerminatingOrFailed\""), // 1.29
        ("Job", "spec.manualSelector", "false"), // 1.32
        ("CronJob", "spec.suspend", "false"),
        // Templates without labels: before 1.34 such metadata holds an empty creationTimestamp, which an export drops with it.
        ("CronJob", "spec.jobTemplate.metadata", "{}"),
        ("CronJob", "spec.jobTemplate.spec.template.metadata", "{}"),
        ("Job", "spec.template.metadata", "{}"),
        ("IngressClass", "spec.parameters.scope", "\"Cluster\""), // 1.21
        ("StorageClass", "volumeBindingMode", "\"Immediate\""), // 1.9
        ("StorageClass", "allowVolumeExpansion", "false"),
        ("CustomResourceDefinition", "spec.conversion", """{"strategy":"None"}"""), // 1.13
        ("CSIDriver", "spec.requiresRepublish", "false"), // 1.20
        ("CSIDriver", "spec.storageCapacity", "false"), // 1.19
        ("CSIDriver", "spec.seLinuxMount", "false"), // 1.25
        ("CSIDriver", "spec.fsGroupPolicy", "\"ReadWriteOnceWithFSType\""), // 1.20
        ("PriorityClass", "preemptionPolicy", "\"PreemptLowerPriority\""), // 1.15
        ("ValidatingWebhookConfiguration", "webhooks[*].matchPolicy", "\"Equivalent\""), // v1
        ("MutatingWebhookConfiguration", "webhooks[*].matchPolicy", "\"Equivalent\""), // v1
        ("MutatingWebhookConfiguration", "webhooks[*].reinvocationPolicy", "\"Never\""), // 1.15
        ("ValidatingWebhookConfiguration", "webhooks[*].rules[*].scope", "\"*\""), // 1.14
        ("MutatingWebhookConfiguration", "webhooks[*].rules[*].scope", "\"*\""), // 1.14
    ];

    /// <summary>Whether a server of some version writes this value to this field of the kind when nobody gives one.</summary>
    /// <param name="kind">The object's kind.</param>
    /// <param name="path">The field's path; the keys of list elements are not looked at.</param>
    /// <param name="value">The value on the side that has the field.</param>
    public static bool Holds(string kind, string path, JsonPart value)
    {
        // An object counts when all that is in it does.
        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any()
            && value.EnumerateObject().All(member => Holds(kind, FieldPathText.Append(path, member.Name), member.Value)))
        {
            return true;
        }
        var plain = WithoutElementKeys(path);
        return s_defaults.Contains((kind, plain, "*")) || s_defaults.Contains((kind, plain, CompactJson.Of(value)));
    }

    private static string WithoutElementKeys(string path)
    {
        if (!path.Contains('[', StringComparison.Ordinal))
            return path;
        var result = new System.Text.StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '[' || (i + 1 < path.Length && path[i + 1] == '\''))
            {
                result.Append(path[i]);
                continue;
            }
            result.Append("[*]");
            while (i < path.Length && path[i] != ']')
                i++;
        }
        return result.ToString();
    }
}
