using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Drops the fields that a system's description names.</summary>
internal sealed class SystemClearRule(ClearFieldsRule rule) : IManifestRule
{
    private readonly ManifestEdit[] _edits = [.. rule.Fields.Select(field => new ManifestEdit(field, null))];

    public string Name => "SystemClear";

    public bool AppliesTo(string group, string kind) => KindPattern.Matches(rule.Kinds, group, kind);

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        foreach (var edit in _edits)
            outcome.Edit(edit);
    }
}
