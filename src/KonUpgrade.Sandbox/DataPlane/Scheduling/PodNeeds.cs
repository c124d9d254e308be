using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;

namespace KonUpgrade.Sandbox.DataPlane.Scheduling;

/// <summary>What a Pod asks of the node that it runs on.</summary>
internal sealed class PodNeeds
{
    private const string DefaultScheduler = "default-scheduler";

    public Amounts Requests { get; private init; }

    public IReadOnlyDictionary<string, string> NodeSelector { get; private init; } = new Dictionary<string, string>();

    /// <summary>Required node affinity: one of them must hold; null when none is asked for.</summary>
    public IReadOnlyList<NodeTerm>? NodeTerms { get; private init; }

    public IReadOnlyList<Toleration> Tolerations { get; private init; } = [];

    /// <summary>Required affinity to other Pods.</summary>
    public IReadOnlyList<PodTerm> Near { get; private init; } = [];

    /// <summary>Required anti-affinity to other Pods.</summary>
    public IReadOnlyList<PodTerm> Apart { get; private init; } = [];

    /// <summary>Has scheduling gates, which someone must take away first.</summary>
    public bool Gated { get; private init; }

    /// <summary>Another scheduler's.</summary>
    public bool Foreign { get; private init; }

    public static PodNeeds Of(JsonObject spec, IReadOnlyDictionary<string, string> labels)
    {
        JsonObject affinity = Fields.Object(spec, "affinity");
        JsonObject? nodes = Fields.Object(affinity, "nodeAffinity")["requiredDuringSchedulingIgnoredDuringExecution"] as JsonObject;
        string scheduler = Metadata.Text(spec, "schedulerName");
        return new PodNeeds
        {
            Requests = RequestsOf(spec),
            NodeSelector = Fields.Texts(spec, "nodeSelector"),
            NodeTerms = nodes is null ? null : [.. Fields.Objects(nodes, "nodeSelectorTerms").Select(NodeTerm.Of)],
            Tolerations = [.. Fields.Objects(spec, "tolerations").Select(Toleration.Of)],
            Near = PodTerms(affinity, "podAffinity", labels),
            Apart = PodTerms(affinity, "podAntiAffinity", labels),
            Gated = Fields.Objects(spec, "schedulingGates").Any(),
            Foreign = scheduler.Length > 0 && scheduler != DefaultScheduler,
        };
    }

    private static Amounts RequestsOf(JsonObject spec)
    {
        static Amounts Of(JsonObject container) => Amounts.Of(Fields.Object(container["resources"], "requests")) with { Pods = 0 };
        var together = new Amounts(0, 0, 0);
        foreach (JsonObject container in Fields.Objects(spec, "containers")) together += Of(container);
        foreach (JsonObject container in Fields.Objects(spec, "initContainers").Where(container => Fields.Text(container, "restartPolicy") == "Always")) together += Of(container);
        foreach (JsonObject container in Fields.Objects(spec, "initContainers").Where(container => Fields.Text(container, "restartPolicy") != "Always")) together = together.Max(Of(container));
        together += Amounts.Of(Fields.Object(spec, "overhead")) with { Pods = 0 };
        return together with { Pods = 1 };
    }

    private static PodTerm[] PodTerms(JsonObject affinity, string which, IReadOnlyDictionary<string, string> labels)
        => [.. Fields.Objects(Fields.Object(affinity, which), "requiredDuringSchedulingIgnoredDuringExecution").Select(term => PodTerm.Of(term, labels))];
}

/// <summary>One term of a node affinity: all its expressions must hold.</summary>
internal sealed record NodeTerm(IReadOnlyList<SelectorMatch.Requirement> Expressions, IReadOnlyList<SelectorMatch.Requirement> Names)
{
    public static NodeTerm Of(JsonObject term) => new(
        [.. Fields.Objects(term, "matchExpressions").Select(SelectorMatch.Requirement.Of)],
        [.. Fields.Objects(term, "matchFields").Select(SelectorMatch.Requirement.Of)]);

    public bool Holds(NodeView node)
    {
        // A term without expressions selects no node.
        if (Expressions.Count == 0 && Names.Count == 0) return false;
        foreach (SelectorMatch.Requirement expression in Expressions)
        {
            if (!expression.Holds(node.Labels)) return false;
        }
        if (Names.Count == 0) return true;
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["metadata.name"] = node.Name };
        return Names.All(expression => expression.Holds(fields));
    }
}

/// <summary>A toleration of taints.</summary>
internal sealed record Toleration(string Key, string Operator, string Value, string Effect, long? Seconds)
{
    public static Toleration Of(JsonObject toleration) => new(
        Metadata.Text(toleration, "key"),
        Metadata.Text(toleration, "operator") is { Length: > 0 } how ? how : "Equal",
        Metadata.Text(toleration, "value"),
        Metadata.Text(toleration, "effect"),
        Fields.Number(toleration, "tolerationSeconds"));

    public bool Tolerates(NodeTaint taint)
        => (Effect.Length == 0 || Effect == taint.Effect)
        && (Key.Length == 0 ? Operator == "Exists" : Key == taint.Key && (Operator == "Exists" || Value == taint.Value));
}

/// <summary>One term of an affinity to Pods: those that are meant, and within what.</summary>
internal sealed record PodTerm(SelectorMatch Selector, string Topology, IReadOnlySet<string> Namespaces, bool AllNamespaces)
{
    public static PodTerm Of(JsonObject term, IReadOnlyDictionary<string, string> labels)
    {
        JsonObject? selector = term["labelSelector"] as JsonObject;
        IReadOnlyList<string> keys = Metadata.Strings(term, "matchLabelKeys");
        if (selector is not null && keys.Count > 0)
        {
            selector = (JsonObject)selector.DeepClone();
            JsonObject matched = Fields.Made(selector, "matchLabels");
            foreach (string key in keys.Where(labels.ContainsKey)) matched[key] = labels[key];
        }
        // A selector of namespaces is taken for all of them when it is empty, and for none beyond the named ones otherwise.
        bool all = term["namespaceSelector"] is JsonObject { Count: 0 };
        return new(SelectorMatch.Of(selector), Metadata.Text(term, "topologyKey"), Metadata.Strings(term, "namespaces").ToHashSet(StringComparer.Ordinal), all);
    }

    /// <summary>Whether a Pod is meant by the term of another one.</summary>
    public bool Means(PodView pod, string ownNamespace)
        => (AllNamespaces || (Namespaces.Count == 0 ? pod.Namespace == ownNamespace : Namespaces.Contains(pod.Namespace))) && Selector.Matches(pod.Labels);
}
