using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Places;

/// <summary>
/// What is known of a pool's nodes before they are there: the labels and taints that they will surely have. Of all else,
/// such as the labels that somebody puts on them by hand, nothing is known, and nothing is concluded from it.
/// </summary>
internal sealed class ComingNodes
{
    private const string Hostname = "kubernetes.io/hostname";

    // What no pod can ask for: each node has a value of its own.
    private const string OfItsOwn = "\0";

    private readonly Dictionary<string, IReadOnlyList<string>> _labels = new(StringComparer.Ordinal);
    private readonly List<NodeTaint> _taints;

    /// <summary>Reckons what is known.</summary>
    /// <param name="name">The pool's name.</param>
    /// <param name="shape">What it is made with.</param>
    /// <param name="old">The pool whose work it is to do: its label names it, and the new one's label the new one.</param>
    public ComingNodes(string name, NodepoolShape shape, Nodepool old)
    {
        Pool = name;
        _taints = [.. (shape.Taint ?? []).Select(taint => new NodeTaint(taint.Key, taint.Value ?? "", taint.Effect))];
        // A launch template may bring labels that nobody tells.
        if (!shape.HasTemplate)
        {
            foreach (var key in old.Shape?.Label?.Keys ?? [])
                _labels[key] = [];
            if (shape.InstanceType is { Count: > 0 } types)
                _labels["node.kubernetes.io/instance-type"] = types;
            if (Architecture(shape.AmiType) is { } architecture)
                _labels["kubernetes.io/arch"] = [architecture];
        }
        _labels[Hostname] = [OfItsOwn];
        foreach (var (key, value) in shape.Label ?? new Dictionary<string, string>())
            _labels[key] = [value];
        if (old.Selector.Split('=') is [var label, var named] && named == old.Name)
            _labels[label] = [name];
    }

    /// <summary>The pool's name.</summary>
    public string Pool { get; }

    /// <summary>What surely keeps a pod off all of them; null where it may find a place there.</summary>
    public string? Obstacle(PodNeeds needs)
    {
        if (_taints.Find(taint => taint.KeepsOff && !needs.Tolerations.Any(toleration => toleration.Tolerates(taint))) is { } taint)
            return $"have the taint {taint.Key} that it does not tolerate";
        foreach (var (key, value) in needs.NodeSelector)
        {
            if (_labels.TryGetValue(key, out var values) && !values.Contains(value))
                return $"{Told(key, values)}, and its nodeSelector asks for {key}={value}";
        }
        return needs.Affinity is { } terms && !terms.Any(term => term.MayFit(key => _labels.GetValueOrDefault(key))) ? "be ruled out by its node affinity" : null;
    }

    private static string Told(string key, IReadOnlyList<string> values) =>
        values is [OfItsOwn] ? "have names of their own" : values.Count == 0 ? $"have no label {key}" : $"have {key}={string.Join(" or ", values)}";

    private static string? Architecture(string? image) =>
        image is null ? null : image.Contains("_ARM_64", StringComparison.Ordinal) ? "arm64" : image.Contains("_x86_64", StringComparison.Ordinal) ? "amd64" : null;
}
