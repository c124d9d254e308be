using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// A Job selects its Pods by its own UID, which the server writes into selector and template when the Job is made. One
/// that comes with another Job's UID in them, as a copy from another cluster does, is refused.
/// </summary>
internal static class JobSelector
{
    private const string Uid = "controller-uid";
    private const string Name = "job-name";
    private const string Prefix = "batch.kubernetes.io/";

    /// <summary>
    /// Writes selector and labels into a new Job of batch/v1 that has its name and UID, and says what contradicts them. The
    /// labels with a prefix came with 1.27; the plain ones stay beside them.
    /// </summary>
    public static IReadOnlyList<FieldProblem> Generate(JsonObject job, int minor)
    {
        if (job["spec"] is not JsonObject spec || spec["template"] is not JsonObject template || spec["manualSelector"]?.GetValue<bool>() == true)
            return [];
        var metadata = Child(job, "metadata");
        var (name, uid) = (Json.Text(metadata["name"]) ?? "", Json.Text(metadata["uid"]) ?? "");
        var labels = Child(Child(template, "metadata"), "labels");
        // A Job that took its labels from its template takes these too.
        var shared = metadata["labels"] is not JsonObject { Count: > 0 } own || Json.Same(own, labels);
        string[] prefixes = minor >= 27 ? ["", Prefix] : [""];
        foreach (var prefix in prefixes)
        {
            labels[prefix + Name] ??= name;
            labels[prefix + Uid] ??= uid;
        }
        if (shared)
            metadata["labels"] = labels.DeepClone();
        var matched = Child(Child(spec, "selector"), "matchLabels");
        matched[prefixes[^1] + Uid] ??= uid;

        var problems = new List<FieldProblem>();
        foreach (var prefix in prefixes)
        {
            foreach (var (label, expected) in new[] { (prefix + Uid, uid), (prefix + Name, name) })
            {
                if (Json.Text(labels[label]) != expected)
                    problems.Add(new FieldProblem($"spec.template.metadata.labels[{label}]", FieldProblem.InvalidReason, $"Invalid value: {Map(labels)}: must be '{expected}'"));
            }
        }
        var generated = matched.All(m => m.Key.EndsWith(Uid, StringComparison.Ordinal) ? Json.Text(m.Value) == uid : m.Key.EndsWith(Name, StringComparison.Ordinal) && Json.Text(m.Value) == name);
        if (!generated)
        {
            problems.Add(new FieldProblem("spec.selector", FieldProblem.InvalidReason,
                $"Invalid value: v1.LabelSelector{{MatchLabels:{Map(matched)}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}}: `selector` not auto-generated"));
        }
        if (matched.Any(m => !Json.Same(m.Value, labels[m.Key])))
            problems.Add(new FieldProblem("spec.template.metadata.labels", FieldProblem.InvalidReason, $"Invalid value: {Map(labels)}: `selector` does not match template `labels`"));
        return problems;
    }

    private static string Map(JsonObject labels) =>
        $"map[string]string{{{string.Join(", ", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{Json.Compact(l.Key)}:{Json.Compact(l.Value)}"))}}}";

    private static JsonObject Child(JsonObject obj, string name)
    {
        if (obj[name] is not JsonObject child)
            obj[name] = child = [];
        return child;
    }
}
