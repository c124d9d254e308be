using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.DataPlane.Pods;

/// <summary>Writes the status of a Pod as a kubelet tells it.</summary>
internal static class PodStatus
{
    private const string ContainersNotReady = "ContainersNotReady";

    /// <summary>The containers run; they are ready or not.</summary>
    public static void Run(JsonObject pod, bool ready, int restarts, string hostIP, Func<string> newIP, DateTimeOffset now)
    {
        JsonObject status = Fields.Made(pod, "status");
        status["phase"] = "Running";
        Settle(pod, status, hostIP, newIP, now);
        Containers(pod, status, (name, _) => new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Metadata.Time(now) } }, ready, started: true, restarts);
        Init(pod, status, now);
        Conditions(pod, status, ready, now);
    }

    /// <summary>Only whether it is ready changes.</summary>
    public static bool Ready(JsonObject pod, bool ready, DateTimeOffset now)
    {
        JsonObject status = Fields.Made(pod, "status");
        var before = (JsonObject)status.DeepClone();
        foreach (JsonObject container in Fields.Objects(status, "containerStatuses")) container["ready"] = ready;
        Conditions(pod, status, ready, now);
        return !JsonNode.DeepEquals(before, status);
    }

    /// <summary>The containers ended and wait to be started again.</summary>
    public static void BackOff(JsonObject pod, int exitCode, int restarts, TimeSpan wait, DateTimeOffset started, DateTimeOffset now)
    {
        JsonObject status = Fields.Made(pod, "status");
        Containers(pod, status, (name, _) => new JsonObject
        {
            ["waiting"] = new JsonObject
            {
                ["message"] = $"back-off {Text(wait)} restarting failed container={name} pod={Metadata.Name(pod)}_{Metadata.Namespace(pod)}({Metadata.Uid(pod)})",
                ["reason"] = "CrashLoopBackOff",
            },
        }, ready: false, started: false, restarts, Terminated(exitCode, started, now));
        Conditions(pod, status, ready: false, now);
    }

    /// <summary>The containers ended for good.</summary>
    public static void End(JsonObject pod, int exitCode, DateTimeOffset started, DateTimeOffset now)
    {
        JsonObject status = Fields.Made(pod, "status");
        status["phase"] = exitCode == 0 ? "Succeeded" : "Failed";
        int restarts = (int)Fields.Objects(status, "containerStatuses").Select(container => Fields.Number(container, "restartCount", 0)).DefaultIfEmpty().Max();
        Containers(pod, status, (_, _) => new JsonObject { ["terminated"] = Terminated(exitCode, started, now) }, ready: false, started: false, restarts);
        string? reason = exitCode == 0 ? "PodCompleted" : "PodFailed";
        Fields.SetCondition(status, "Initialized", "True", exitCode == 0 ? reason : null, null, now);
        Fields.SetCondition(status, "Ready", "False", reason, null, now);
        Fields.SetCondition(status, "ContainersReady", "False", reason, null, now);
    }

    private static void Settle(JsonObject pod, JsonObject status, string hostIP, Func<string> newIP, DateTimeOffset now)
    {
        if (Metadata.Text(status, "startTime").Length == 0) status["startTime"] = Metadata.Time(now);
        if (hostIP.Length > 0)
        {
            status["hostIP"] = hostIP;
            status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = hostIP });
        }
        if (Metadata.Text(status, "podIP").Length > 0) return;
        string ip = Fields.Flag(pod["spec"], "hostNetwork") && hostIP.Length > 0 ? hostIP : newIP();
        status["podIP"] = ip;
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = ip });
    }

    private static void Containers(JsonObject pod, JsonObject status, Func<string, int, JsonObject> state, bool ready, bool started, int restarts, JsonObject? last = null)
    {
        JsonObject[] old = [.. Fields.Objects(status, "containerStatuses")];
        var all = new JsonArray();
        int index = 0;
        foreach (JsonObject container in Fields.Objects(pod["spec"], "containers"))
        {
            string name = Metadata.Text(container, "name"), image = Metadata.Text(container, "image");
            JsonNode? before = last ?? old.FirstOrDefault(other => Metadata.Text(other, "name") == name)?["lastState"]?["terminated"];
            all.Add((JsonNode)new JsonObject
            {
                ["containerID"] = $"containerd://{Behaviors.Stable.Uid($"{Metadata.Uid(pod)}/{name}/{restarts}").Replace("-", string.Empty, StringComparison.Ordinal)}",
                ["image"] = image,
                ["imageID"] = image,
                ["lastState"] = before is null ? new JsonObject() : new JsonObject { ["terminated"] = before.DeepClone() },
                ["name"] = name,
                ["ready"] = ready,
                ["restartCount"] = (long)restarts,
                ["started"] = started,
                ["state"] = state(name, index++),
            });
        }
        status["containerStatuses"] = all;
    }

    // Those who prepare have done their work before the others run.
    private static void Init(JsonObject pod, JsonObject status, DateTimeOffset now)
    {
        if (status["initContainerStatuses"] is not null) return;
        var all = new JsonArray();
        foreach (JsonObject container in Fields.Objects(pod["spec"], "initContainers"))
        {
            bool stays = Metadata.Text(container, "restartPolicy") == "Always";
            all.Add((JsonNode)new JsonObject
            {
                ["image"] = Metadata.Text(container, "image"),
                ["imageID"] = Metadata.Text(container, "image"),
                ["lastState"] = new JsonObject(),
                ["name"] = Metadata.Text(container, "name"),
                ["ready"] = true,
                ["restartCount"] = 0L,
                ["started"] = stays,
                ["state"] = stays
                    ? new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Metadata.Time(now) } }
                    : new JsonObject { ["terminated"] = Terminated(0, now, now) },
            });
        }
        if (all.Count > 0) status["initContainerStatuses"] = all;
    }

    private static void Conditions(JsonObject pod, JsonObject status, bool ready, DateTimeOffset now)
    {
        string names = string.Join(' ', Fields.Objects(pod["spec"], "containers").Select(container => Metadata.Text(container, "name")));
        string? reason = ready ? null : ContainersNotReady, message = ready ? null : $"containers with unready status: [{names}]";
        Fields.SetCondition(status, "PodScheduled", "True", null, null, now);
        Fields.SetCondition(status, "Initialized", "True", null, null, now);
        Fields.SetCondition(status, "ContainersReady", ready ? "True" : "False", reason, message, now);
        // A readiness gate that nobody opened keeps the Pod from being ready, whatever its containers are.
        string? closed = Fields.Objects(pod["spec"], "readinessGates").Select(gate => Metadata.Text(gate, "conditionType")).FirstOrDefault(gate => !Fields.Holds(status, gate));
        if (ready && closed is not null)
            Fields.SetCondition(status, "Ready", "False", "ReadinessGatesNotReady", $"corresponding condition of pod readiness gate \"{closed}\" does not exist.", now);
        else
            Fields.SetCondition(status, "Ready", ready ? "True" : "False", reason, message, now);
    }

    private static JsonObject Terminated(int exitCode, DateTimeOffset started, DateTimeOffset now) => new()
    {
        ["exitCode"] = (long)exitCode,
        ["finishedAt"] = Metadata.Time(now),
        ["reason"] = exitCode == 0 ? "Completed" : "Error",
        ["startedAt"] = Metadata.Time(started),
    };

    private static string Text(TimeSpan wait) => wait.TotalMinutes >= 1 ? $"{(int)wait.TotalMinutes}m{wait.Seconds}s" : $"{wait.Seconds}s";
}
