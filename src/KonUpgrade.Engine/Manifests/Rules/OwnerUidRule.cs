using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Drops the UIDs of owners, which mean nothing on another cluster. Kind and name stay, so that an import finds the new UIDs.</summary>
internal sealed class OwnerUidRule : IManifestRule
{
    private static readonly ManifestEdit s_edit = new(FieldPath.Of("metadata", "ownerReferences").EveryElement().Member("uid"), null);

    public string Name => "OwnerUid";

    public bool AppliesTo(string group, string kind) => true;

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (o.Metadata.Member("ownerReferences"u8).HasContent)
            outcome.Edit(s_edit);
    }
}
