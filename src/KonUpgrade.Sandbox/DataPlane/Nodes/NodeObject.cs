using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.DataPlane.Nodes;

/// <summary>The Node that a kubelet registers, not Ready yet.</summary>
internal static class NodeObject
{
    public static JsonObject Of(NodeShape shape, KubernetesVersion version, int number, DateTimeOffset now)
    {
        var labels = new JsonObject
        {
            ["beta.kubernetes.io/arch"] = "amd64",
            ["beta.kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = "amd64",
            ["kubernetes.io/hostname"] = shape.Name,
            ["kubernetes.io/os"] = "linux",
        };
        foreach ((string key, string value) in shape.Labels) labels[key] = value;
        var taints = new JsonArray([.. shape.Taints.Select(taint => (JsonNode?)Taint(taint))]);
        var spec = new JsonObject();
        if (shape.ProviderId is not null) spec["providerID"] = shape.ProviderId;
        if (taints.Count > 0) spec["taints"] = taints;
        JsonObject Amounts() => new()
        {
            ["cpu"] = shape.Cpu,
            ["ephemeral-storage"] = "80Gi",
            ["memory"] = shape.Memory,
            ["pods"] = shape.Pods.ToString(CultureInfo.InvariantCulture),
        };
        var status = new JsonObject
        {
            ["addresses"] = new JsonArray(
                new JsonObject { ["address"] = shape.Address ?? string.Create(CultureInfo.InvariantCulture, $"10.0.{number / 250}.{number % 250 + 1}"), ["type"] = "InternalIP" },
                new JsonObject { ["address"] = shape.Name, ["type"] = "Hostname" }),
            ["allocatable"] = Amounts(),
            ["capacity"] = Amounts(),
            ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = 10250L } },
            ["nodeInfo"] = new JsonObject
            {
                ["architecture"] = "amd64",
                ["bootID"] = Behaviors.Stable.Uid($"boot/{shape.Name}"),
                ["containerRuntimeVersion"] = "containerd://1.7.27",
                ["kernelVersion"] = "6.1.134",
                ["kubeProxyVersion"] = shape.Version ?? version.GitVersion,
                ["kubeletVersion"] = shape.Version ?? version.GitVersion,
                ["machineID"] = Behaviors.Stable.Uid($"machine/{shape.Name}").Replace("-", string.Empty, StringComparison.Ordinal),
                ["operatingSystem"] = "linux",
                ["osImage"] = "Linux (simulated)",
                ["systemUUID"] = Behaviors.Stable.Uid($"system/{shape.Name}"),
            },
        };
        SetReady(status, ready: false, now);
        var metadata = new JsonObject { ["name"] = shape.Name, ["labels"] = labels };
        if (shape.Annotations.Count > 0) metadata["annotations"] = Fields.Map(shape.Annotations);
        return new JsonObject { ["metadata"] = metadata, ["spec"] = spec, ["status"] = status };
    }

    /// <summary>What a kubelet tells of itself; true when that is news.</summary>
    public static bool SetReady(JsonObject status, bool ready, DateTimeOffset now)
    {
        bool news = Fields.SetCondition(status, "MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available", now);
        news |= Fields.SetCondition(status, "DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure", now);
        news |= Fields.SetCondition(status, "PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available", now);
        news |= ready
            ? Fields.SetCondition(status, "Ready", "True", "KubeletReady", "kubelet is posting ready status", now)
            : Fields.SetCondition(status, "Ready", "False", "KubeletNotReady", "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized", now);
        return news;
    }

    public static JsonObject Taint(NodeTaint taint)
    {
        var item = new JsonObject { ["effect"] = taint.Effect, ["key"] = taint.Key };
        if (taint.Value.Length > 0) item["value"] = taint.Value;
        return item;
    }
}
