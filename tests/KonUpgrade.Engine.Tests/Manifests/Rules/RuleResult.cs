using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Tests.Manifests.Rules;

/// <summary>What a rule makes of an object: its JSON as exported, or why it stays behind.</summary>
internal sealed record RuleResult(string? Json, string? Reason, LeftOutGroup? Group)
{
    private static readonly SystemDescription s_system = new() { Name = "Test", Title = "Test" };

    /// <summary>Applies one rule, which must say that it is concerned.</summary>
    public static RuleResult Of(IManifestRule rule, string json)
    {
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));
        Assert.True(rule.AppliesTo(o.Group, o.Kind), $"{rule.Name} does not apply to {o.Kind}.");
        var outcome = new RuleOutcome();
        rule.Apply(o, outcome);
        return From(o, outcome);
    }

    /// <summary>Applies all rules.</summary>
    public static RuleResult OfAll(string json, SystemDescription? system = null)
    {
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));
        var outcome = new RuleOutcome();
        new ManifestRules(system ?? s_system).ForKind(o.Group, o.Kind).Apply(o, outcome);
        return From(o, outcome);
    }

    private static RuleResult From(KubernetesObject o, RuleOutcome outcome)
    {
        using var writer = new ManifestWriter();
        return outcome.LeftOutReason is { } reason
            ? new RuleResult(null, reason, outcome.LeftOutGroup)
            : new RuleResult(Encoding.UTF8.GetString(writer.ToJson(o, outcome.Edits).Span), null, null);
    }
}
