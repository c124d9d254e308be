using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Workloads;

namespace KonUpgrade.Engine.Configuration;

/// <summary>By what the workloads of a system are held: Kubernetes' own means and those of its description.</summary>
public static class HoldRules
{
    /// <summary>The means, a kind each; what a description says of one of Kubernetes' own kinds counts.</summary>
    public static IReadOnlyList<HoldMeans> For(SystemDescription system)
    {
        var means = BuiltInMeans.All.ToDictionary(m => (m.Group, m.Kind));
        foreach (var rule in system.Hold)
        {
            foreach (var kind in rule.Kinds)
            {
                var dot = kind.IndexOf('.', StringComparison.Ordinal);
                var (group, name) = dot < 0 ? ("", kind) : (kind[(dot + 1)..], kind[..dot]);
                means[(group, name)] = new HoldMeans
                {
                    Group = group,
                    Kind = name,
                    Class = rule.Class,
                    Fields = [.. rule.Fields.Select(f => new HoldingField(f.Key, f.Value))],
                };
            }
        }
        return [.. means.Values];
    }
}
