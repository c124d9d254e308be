using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Scheduling;

namespace KonUpgrade.Sandbox.DataPlane.Pods;

/// <summary>What admission adds to every new Pod, and its class of service.</summary>
internal static class PodAdmission
{
    private const long Patience = 300;

    /// <summary>The service account, and the patience with nodes that are not there for a while.</summary>
    public static void Complete(JsonObject pod)
    {
        JsonObject spec = Fields.Made(pod, "spec");
        if (Metadata.Text(spec, "serviceAccountName").Length == 0)
        {
            spec["serviceAccountName"] = "default";
            spec["serviceAccount"] = "default";
        }
        Toleration[] there = [.. Fields.Objects(spec, "tolerations").Select(Toleration.Of)];
        foreach (string taint in (ReadOnlySpan<string>)["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"])
        {
            if (there.Any(toleration => toleration.Tolerates(new NodeTaint(taint, "NoExecute")))) continue;
            if (spec["tolerations"] is not JsonArray tolerations) spec["tolerations"] = tolerations = [];
            tolerations.Add((JsonNode)new JsonObject { ["effect"] = "NoExecute", ["key"] = taint, ["operator"] = "Exists", ["tolerationSeconds"] = Patience });
        }
    }

    /// <summary>Guaranteed, Burstable or BestEffort.</summary>
    public static string QualityOfService(JsonObject pod)
    {
        bool any = false, all = true;
        foreach (JsonObject container in Fields.Objects(pod["spec"], "containers").Concat(Fields.Objects(pod["spec"], "initContainers")))
        {
            JsonObject requests = Fields.Object(container["resources"], "requests"), limits = Fields.Object(container["resources"], "limits");
            foreach (string name in (ReadOnlySpan<string>)["cpu", "memory"])
            {
                any |= requests[name] is not null || limits[name] is not null;
                all &= limits[name] is not null && (requests[name] is null || Schemas.Quantity.Value(requests[name]) == Schemas.Quantity.Value(limits[name]));
            }
        }
        return !any ? "BestEffort" : all ? "Guaranteed" : "Burstable";
    }
}
