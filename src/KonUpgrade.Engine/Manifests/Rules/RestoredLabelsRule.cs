using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Drops the labels that Velero writes on all that it restores: they tell how an object came to this cluster. On another
/// one they would be told of a restore that was never there, and between two they would be differences.
/// </summary>
internal sealed class RestoredLabelsRule : IManifestRule
{
    private static readonly ManifestEdit[] s_edits =
    [
        new(FieldPath.Of("metadata", "labels", "velero.io/backup-name"), null), new(FieldPath.Of("metadata", "labels", "velero.io/restore-name"), null),
    ];

    public string Name => "RestoredLabels";

    // Velero's own objects are known by them.
    public bool AppliesTo(string group, string kind) => group != "velero.io";

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        // Most objects have none: looking for the bytes is much cheaper than reading every key.
        if (o.Json.Span.IndexOf("\"velero.io/"u8) < 0)
            return;
        foreach (var edit in s_edits)
            outcome.Edit(edit);
    }
}
