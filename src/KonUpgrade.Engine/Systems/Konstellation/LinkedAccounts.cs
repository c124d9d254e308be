using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Manifests.Ordering;

namespace KonUpgrade.Engine.Systems.Konstellation;

/// <summary>
/// What becomes of linked service accounts on another cluster, as kon's own import has it: their targets are those of
/// the new cluster, and each target's namespace gets a ServiceAccount bound to the new cluster's role.
/// </summary>
internal static class LinkedAccounts
{
    /// <summary>The annotation by which EKS lets a ServiceAccount's pods act as a role.</summary>
    public const string RoleAnnotation = "eks.amazonaws.com/role-arn";

    private const string Annotations = "metadata.annotations";

    private static readonly string s_rolePath = FieldPathText.Append(Annotations, RoleAnnotation);

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The account with the target cluster's targets; null where it has them already.</summary>
    public static ReadOnlyMemory<byte>? WithTargets(KubernetesObject account, KonstellationCluster cluster)
    {
        var spec = account.Root.Member("spec");
        if (spec.Texts("targets").SequenceEqual(cluster.Targets, StringComparer.Ordinal))
            return null;
        var node = JsonNode.Parse(account.Json.Span)!.AsObject();
        if (node["spec"] is not JsonObject target)
            node["spec"] = target = [];
        target["targets"] = new JsonArray([.. cluster.Targets.Select(t => JsonValue.Create(t))]);
        return JsonSerializer.SerializeToUtf8Bytes(node, s_plain);
    }

    /// <summary>The ServiceAccount of an account in a target's namespace.</summary>
    public static ImportAddition ServiceAccount(string account, string target, string roleArn, ImportPosition position, string? note)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ServiceAccount",
                ["metadata"] = new JsonObject
                {
                    ["name"] = account,
                    ["namespace"] = target,
                    ["annotations"] = new JsonObject { [RoleAnnotation] = roleArn },
                },
            },
            s_plain);
        return new ImportAddition(KeyOf(account, target), "v1", json, position) { Note = note };
    }

    /// <summary>Whether a field that a comparison named is the binding to a role: the annotation, or all of them where there is none.</summary>
    public static bool IsRole(string path) => path == s_rolePath || path == Annotations;

    /// <summary>What names the ServiceAccount of an account in a target's namespace.</summary>
    public static ObjectKey KeyOf(string account, string target) => new("", "ServiceAccount", target, account);
}
