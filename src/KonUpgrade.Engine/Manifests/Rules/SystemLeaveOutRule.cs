using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out what a system's description names.</summary>
internal sealed class SystemLeaveOutRule(LeaveOutRule rule) : IManifestRule
{
    public string Name => "SystemLeaveOut";

    public bool AppliesTo(string group, string kind) => rule.Kinds.Count == 0 || KindPattern.Matches(rule.Kinds, group, kind);

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (!Fits(rule.Names, o.Name) || !FitsNamespace(o))
            return;
        foreach (var (key, pattern) in rule.Labels)
        {
            if (o.Label(key) is not { } value || !TextPattern.Matches(pattern, value))
                return;
        }

        foreach (var (key, pattern) in rule.Annotations)
        {
            if (o.Annotation(key) is not { } value || !TextPattern.Matches(pattern, value))
                return;
        }

        var owner = rule.Owners.Count > 0 ? OwnerOf(o) : null;
        if ((rule.Owners.Count > 0 && owner is null) || !HasConditions(o))
            return;
        foreach (var field in rule.Fields)
        {
            if (field.Fits(o.Root))
                continue;
            if (rule.Elements)
                LeaveOutElements(o, field, outcome);
            return;
        }

        outcome.LeaveOut(rule.Reason, rule.ByKind ? LeftOutGroup.WholeKind : owner);
    }

    // The controller, where it is one of those that the rule names: what it makes is counted by it.
    private LeftOutGroup? OwnerOf(KubernetesObject o)
    {
        var owner = o.Controller;
        if (owner.ValueKind != JsonValueKind.Object || owner.Member("kind"u8).Text() is not { } kind)
            return null;
        var group = ApiResource.GroupOf(owner.Member("apiVersion"u8).Text() ?? "");
        return KindPattern.Matches(rule.Owners, group, kind)
            ? new LeftOutGroup(group.Length == 0 ? kind : $"{kind}.{group}", o.Namespace, owner.Member("name"u8).Text())
            : null;
    }

    private bool HasConditions(KubernetesObject o)
    {
        foreach (var (type, status) in rule.Conditions)
        {
            if (!o.Root.Member("status"u8).Objects("conditions").Any(c => c.Text("type") == type && c.Text("status") is { } own && TextPattern.Matches(status, own)))
                return false;
        }
        return true;
    }

    private void LeaveOutElements(KubernetesObject o, FieldPattern field, RuleOutcome outcome)
    {
        foreach (var path in field.FittingElements(o.Root))
        {
            var element = path.Find(o.Root);
            outcome.LeaveOutPart(path, $"{element.Member("name"u8).Text() ?? path.ToString()} alone: {rule.Reason}");
        }
    }

    private bool FitsNamespace(KubernetesObject o)
    {
        if (rule.Namespaces.Count == 0)
            return true;
        var scope = o is { Group: "", Kind: "Namespace" } ? o.Name : o.Namespace;
        return scope is not null && Fits(rule.Namespaces, scope);
    }

    private static bool Fits(IReadOnlyList<string> patterns, string text) => patterns.Count == 0 || TextPattern.Matches(patterns, text);
}
