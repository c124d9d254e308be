using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Api.Tables;

/// <summary>The columns of Pods: how many containers are ready, what the Pod is at, how often it was restarted.</summary>
internal static class PodTable
{
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Ready", Ready) with { Description = "The aggregate readiness state of this pod for accepting traffic." },
        TableColumn.Text("Status", Status) with { Description = "The aggregate status of the containers in this pod." },
        new("Restarts", (pod, now) => Restarts(pod, now)) { Description = "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted." },
        TableColumn.Age,
        TableColumn.Wide("IP", pod => Or(Fields.Text(pod["status"], "podIP"))),
        TableColumn.Wide("Node", pod => Or(Fields.Text(pod["spec"], "nodeName"))),
        TableColumn.Wide("Nominated Node", pod => Or(Fields.Text(pod["status"], "nominatedNodeName"))),
        TableColumn.Wide("Readiness Gates", Gates),
    ];

    private static string Ready(JsonObject pod)
    {
        JsonObject[] side = Sidecars(pod);
        long all = Fields.Objects(pod["spec"], "containers").LongCount() + side.Length;
        long ready = Fields.Objects(pod["status"], "containerStatuses").LongCount(IsReady)
            + Fields.Objects(pod["status"], "initContainerStatuses").LongCount(status => Fields.Flag(status, "ready") && side.Any(container => Metadata.Text(container, "name") == Metadata.Text(status, "name")));
        return $"{ready}/{all}";
    }

    private static string Status(JsonObject pod)
    {
        JsonNode? status = pod["status"];
        string phase = Fields.Text(status, "phase"), reason = Fields.Text(status, "reason") is { Length: > 0 } told ? told : phase;
        if (Fields.Text(Fields.Condition(status, "PodScheduled"), "reason") == "SchedulingGated") reason = "SchedulingGated";
        bool running = false;
        foreach (JsonObject container in Fields.Objects(status, "containerStatuses").Reverse())
        {
            JsonNode? state = container["state"];
            if (Fields.Text(state?["waiting"], "reason") is { Length: > 0 } waiting) reason = waiting;
            else if (state?["terminated"] is JsonObject terminated) reason = Ended(terminated);
            else if (IsReady(container)) running = true;
        }
        if (reason == "Completed" && running) reason = Fields.Holds(status, "Ready") ? "Running" : "NotReady";
        if (!Metadata.IsTerminating(pod)) return reason;
        return Fields.Text(status, "reason") == "NodeLost" ? "Unknown" : phase is "Succeeded" or "Failed" ? reason : "Terminating";
    }

    private static string Ended(JsonObject terminated)
    {
        if (Metadata.Text(terminated, "reason") is { Length: > 0 } reason) return reason;
        long signal = Fields.Number(terminated, "signal", 0);
        return signal != 0 ? string.Create(CultureInfo.InvariantCulture, $"Signal:{signal}") : string.Create(CultureInfo.InvariantCulture, $"ExitCode:{Fields.Number(terminated, "exitCode", 0)}");
    }

    private static string Restarts(JsonObject pod, DateTimeOffset now)
    {
        long restarts = 0;
        DateTimeOffset? last = null;
        foreach (JsonObject container in Fields.Objects(pod["status"], "containerStatuses"))
        {
            restarts += Fields.Number(container, "restartCount", 0);
            if (Fields.Time(container["lastState"]?["terminated"], "finishedAt") is { } finished && (last is null || finished > last)) last = finished;
        }
        string text = restarts.ToString(CultureInfo.InvariantCulture);
        return restarts != 0 && last is { } time ? $"{text} ({TableText.Human(now - time)} ago)" : text;
    }

    private static string Gates(JsonObject pod)
    {
        string[] gates = [.. Fields.Objects(pod["spec"], "readinessGates").Select(gate => Metadata.Text(gate, "conditionType"))];
        return gates.Length == 0 ? TableText.None : $"{gates.Count(gate => Fields.Holds(pod["status"], gate))}/{gates.Length}";
    }

    private static JsonObject[] Sidecars(JsonObject pod) => [.. Fields.Objects(pod["spec"], "initContainers").Where(container => Metadata.Text(container, "restartPolicy") == "Always")];

    private static bool IsReady(JsonObject container) => Fields.Flag(container, "ready") && container["state"]?["running"] is not null;

    private static string Or(string text) => text.Length == 0 ? TableText.None : text;
}
