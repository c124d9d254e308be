using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Drops the labels by which the API server ties a Job to its Pods: they hold the Job's UID, and a new Job gets new ones.
/// A selector that somebody wrote (<c>manualSelector</c>) stays.
/// </summary>
internal sealed class JobRule : IManifestRule
{
    private static readonly ManifestEdit[] s_edits = [.. ((string[])["controller-uid", "batch.kubernetes.io/controller-uid"]).SelectMany(label => (ManifestEdit[])
    [
        new(FieldPath.Of("metadata", "labels", label), null),
        new(FieldPath.Of("spec", "selector", "matchLabels", label), null),
        new(FieldPath.Of("spec", "template", "metadata", "labels", label), null),
    ])];

    public string Name => "Job";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("batch", "Job");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (o.Root.Member("spec"u8).Member("manualSelector"u8).ValueKind == JsonValueKind.True)
            return;
        foreach (var edit in s_edits)
            outcome.Edit(edit);
    }
}
