using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Workloads;

namespace KonUpgrade.Engine.Configuration.Systems;

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
                var (group, name) = Parts(kind);
                means[(group, name)] = new HoldMeans
                {
                    Group = group,
                    Kind = name,
                    Class = rule.Class,
                    Fields = [.. rule.Fields.Select(f => new HoldingField(f.Key, f.Value))],
                    Waits = rule.Waits,
                    Begins = [.. rule.Begins.Select(Begun)],
                };
            }
        }
        return [.. means.Values];
    }

    /// <summary>The means of those kinds that belong to the system itself; of a system that takes everything, all.</summary>
    public static IReadOnlyList<HoldMeans> Own(SystemDescription system) => system.Export.Kinds.Count == 0
        ? For(system)
        : [.. For(system).Where(m => KindPattern.Matches(system.Export.Kinds, m.Group, m.Kind))];

    /// <summary>
    /// Whether a namespace belongs to the cluster itself, or is one of those that the system leaves behind whole, or none of
    /// those to which it keeps.
    /// </summary>
    public static bool IsProtected(SystemDescription system, string name) =>
        name is "kube-system" or "kube-public" or "kube-node-lease"
        || system.Export.Within is { Found: { } found } && !found.Contains(name)
        || system.Export.LeaveOut.Any(rule => rule.Namespaces.Count > 0
            && rule.Kinds.Count + rule.Names.Count + rule.Inside == 0
            && TextPattern.Matches(rule.Namespaces, name));

    private static BegunKind Begun(SystemBegun begun)
    {
        var (group, kind) = Parts(begun.Kind);
        return new BegunKind(group, kind, begun.Field, begun.Ended);
    }

    private static (string Group, string Kind) Parts(string kind)
    {
        var dot = kind.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? ("", kind) : (kind[(dot + 1)..], kind[..dot]);
    }
}
