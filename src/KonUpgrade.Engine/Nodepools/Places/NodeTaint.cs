using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Nodepools.Places;

/// <summary>A taint of a node.</summary>
internal sealed record NodeTaint(string Key, string Value, string Effect)
{
    /// <summary>Whether it keeps pods off that do not tolerate it.</summary>
    public bool KeepsOff => Effect is "NoSchedule" or "NoExecute";

    public static IReadOnlyList<NodeTaint> All(JsonPart spec) =>
        [.. spec.Objects("taints").Select(taint => new NodeTaint(taint.Text("key") ?? "", taint.Text("value") ?? "", taint.Text("effect") ?? ""))];
}

/// <summary>What a pod tolerates.</summary>
internal sealed record Toleration(string? Key, string Operator, string Value, string? Effect)
{
    /// <summary>Whether it is of every taint: such a pod can't be kept off a node.</summary>
    public bool IsOfAll => string.IsNullOrEmpty(Key) && Operator == "Exists" && (string.IsNullOrEmpty(Effect) || Effect == "NoSchedule");

    public static IReadOnlyList<Toleration> All(JsonPart spec) =>
    [
        .. spec.Objects("tolerations").Select(toleration => new Toleration(
            toleration.Text("key"), toleration.Text("operator") ?? "Equal", toleration.Text("value") ?? "", toleration.Text("effect"))),
    ];

    /// <summary>Whether it tolerates a taint (k8s core/v1 Toleration.ToleratesTaint).</summary>
    public bool Tolerates(NodeTaint taint)
    {
        if (!string.IsNullOrEmpty(Effect) && Effect != taint.Effect)
            return false;
        if (!string.IsNullOrEmpty(Key) && Key != taint.Key)
            return false;
        return Operator switch
        {
            "Exists" => true,
            "" or "Equal" => !string.IsNullOrEmpty(Key) && Value == taint.Value,
            _ => false,
        };
    }
}
