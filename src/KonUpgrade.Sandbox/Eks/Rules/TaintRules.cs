using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Rules;

/// <summary>Taints as the service takes them: their effects have names of its own.</summary>
internal static class TaintRules
{
    private const int Most = 50;

    public static List<NodeTaint> Read(EksRequest request, IReadOnlyList<Parameters>? asked)
    {
        var taints = new List<NodeTaint>();
        foreach (Parameters taint in asked ?? [])
        {
            string key = taint.Text("key") ?? throw request.InvalidParameter("Taint key is missing");
            string value = taint.Text("value") ?? string.Empty;
            string effect = taint.Text("effect") switch
            {
                "NO_SCHEDULE" => "NoSchedule",
                "NO_EXECUTE" => "NoExecute",
                "PREFER_NO_SCHEDULE" => "PreferNoSchedule",
                var other => throw request.InvalidParameter($"The taint effect {other ?? "null"} is not one of [NO_SCHEDULE, NO_EXECUTE, PREFER_NO_SCHEDULE]"),
            };
            if (NameRules.IsReserved(key)) throw request.InvalidParameter("Taint cannot contain reserved prefixes [kubernetes.io/, k8s.io/, eks.amazonaws.com/]");
            string name = key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];
            if (key.Length is 0 or > 63 || !NameRules.IsLabel().IsMatch(name)) throw NameRules.Invalid(request, key);
            if (value.Length > 63 || (value.Length > 0 && !NameRules.IsLabel().IsMatch(value))) throw NameRules.Invalid(request, value);
            if (taints.Exists(other => other.Key == key && other.Effect == effect)) throw request.InvalidParameter($"The taint {key}:{taint.Text("effect")} is there twice");
            taints.Add(new NodeTaint(key, effect, value));
        }
        return taints.Count <= Most ? taints : throw request.InvalidParameter($"A node group can have at most {Most} taints");
    }
}
