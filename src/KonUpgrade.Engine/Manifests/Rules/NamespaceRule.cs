using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Drops what the API server writes into every Namespace.</summary>
internal sealed class NamespaceRule : IManifestRule
{
    private static readonly ManifestEdit s_finalizers = new(FieldPath.Of("spec", "finalizers"), null);
    private static readonly ManifestEdit s_label = new(FieldPath.Of("metadata", "labels", "kubernetes.io/metadata.name"), null);

    public string Name => "Namespace";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "Namespace");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        outcome.Edit(s_finalizers);
        outcome.Edit(s_label);
    }
}
