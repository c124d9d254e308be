using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Drops what the API server keeps about an object on this cluster: uid, resourceVersion, managedFields, status and
/// so on. A generateName goes where there is a name, since it turns "already there" into an error that says nothing.
/// </summary>
/// <param name="keepStatus">Kinds that keep their status, as <see cref="KindPattern"/> takes them.</param>
internal sealed class ClusterFieldsRule(IReadOnlyList<string> keepStatus) : IManifestRule
{
    private static readonly ManifestEdit[] s_edits =
    [
        Drop("uid"), Drop("resourceVersion"), Drop("generation"), Drop("creationTimestamp"), Drop("deletionTimestamp"),
        Drop("deletionGracePeriodSeconds"), Drop("selfLink"), Drop("managedFields"),
    ];

    private static readonly ManifestEdit s_status = new(FieldPath.Of("status"), null);
    private static readonly ManifestEdit s_generateName = Drop("generateName");

    public string Name => "ClusterFields";

    public bool AppliesTo(string group, string kind) => true;

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        foreach (var edit in s_edits)
            outcome.Edit(edit);
        if (!KindPattern.Matches(keepStatus, o.Group, o.Kind))
            outcome.Edit(s_status);
        if (o.Metadata.Member("name"u8).ValueKind == System.Text.Json.JsonValueKind.String)
            outcome.Edit(s_generateName);
    }

    private static ManifestEdit Drop(string field) => new(FieldPath.Of("metadata", field), null);
}
