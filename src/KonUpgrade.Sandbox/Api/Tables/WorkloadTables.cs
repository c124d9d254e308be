using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Api.Tables;

/// <summary>The columns of what makes Pods, and of budgets.</summary>
internal static class WorkloadTables
{
    public static IReadOnlyList<TableColumn> Deployments { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Ready", item => $"{Status(item, "readyReplicas")}/{Wanted(item)}"),
        TableColumn.Text("Up-to-date", item => Text(Status(item, "updatedReplicas"))),
        TableColumn.Text("Available", item => Text(Status(item, "availableReplicas"))),
        TableColumn.Age,
        .. Template(item => item["spec"]?["template"]?["spec"]),
        Selector(item => item["spec"]?["selector"]),
    ];

    public static IReadOnlyList<TableColumn> ReplicaSets { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Number("Desired", Wanted),
        TableColumn.Number("Current", item => Status(item, "replicas")),
        TableColumn.Number("Ready", item => Status(item, "readyReplicas")),
        TableColumn.Age,
        .. Template(item => item["spec"]?["template"]?["spec"]),
        Selector(item => item["spec"]?["selector"]),
    ];

    public static IReadOnlyList<TableColumn> StatefulSets { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Ready", item => $"{Status(item, "readyReplicas")}/{Wanted(item)}"),
        TableColumn.Age,
        .. Template(item => item["spec"]?["template"]?["spec"]),
    ];

    public static IReadOnlyList<TableColumn> DaemonSets { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Number("Desired", item => Status(item, "desiredNumberScheduled")),
        TableColumn.Number("Current", item => Status(item, "currentNumberScheduled")),
        TableColumn.Number("Ready", item => Status(item, "numberReady")),
        TableColumn.Number("Up-to-date", item => Status(item, "updatedNumberScheduled")),
        TableColumn.Number("Available", item => Status(item, "numberAvailable")),
        TableColumn.Text("Node Selector", item => Labels(item["spec"]?["template"]?["spec"]?["nodeSelector"])),
        TableColumn.Age,
        .. Template(item => item["spec"]?["template"]?["spec"]),
        Selector(item => item["spec"]?["selector"]),
    ];

    public static IReadOnlyList<TableColumn> Jobs { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Status", JobStatus),
        TableColumn.Text("Completions", Completions),
        new("Duration", (item, now) => JobDuration(item, now)),
        TableColumn.Age,
        .. Template(item => item["spec"]?["template"]?["spec"]),
        Selector(item => item["spec"]?["selector"]),
    ];

    public static IReadOnlyList<TableColumn> CronJobs { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Schedule", item => Fields.Text(item["spec"], "schedule")),
        TableColumn.Text("Timezone", item => Fields.Text(item["spec"], "timeZone") is { Length: > 0 } zone ? zone : TableText.None),
        TableColumn.Text("Suspend", item => item["spec"]?["suspend"] is null ? TableText.None : Fields.Flag(item["spec"], "suspend") ? "True" : "False") with { Type = "boolean" },
        TableColumn.Number("Active", item => Fields.Objects(item["status"], "active").LongCount()),
        new("Last Schedule", (item, now) => TableText.Since(item["status"], "lastScheduleTime", now, TableText.None)),
        TableColumn.Age,
        .. Template(item => item["spec"]?["jobTemplate"]?["spec"]?["template"]?["spec"]),
        Selector(item => item["spec"]?["jobTemplate"]?["spec"]?["selector"]),
    ];

    public static IReadOnlyList<TableColumn> Budgets { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Min Available", item => TableText.Share(item["spec"]?["minAvailable"], "N/A")),
        TableColumn.Text("Max Unavailable", item => TableText.Share(item["spec"]?["maxUnavailable"], "N/A")),
        TableColumn.Number("Allowed Disruptions", item => Status(item, "disruptionsAllowed")),
        TableColumn.Age,
    ];

    internal static string Labels(JsonNode? map) => map is JsonObject { Count: > 0 } labels
        ? string.Join(',', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))
        : TableText.None;

    private static IEnumerable<TableColumn> Template(Func<JsonObject, JsonNode?> spec)
    {
        yield return TableColumn.Wide("Containers", item => TableText.Containers(spec(item)).Names);
        yield return TableColumn.Wide("Images", item => TableText.Containers(spec(item)).Images);
    }

    private static TableColumn Selector(Func<JsonObject, JsonNode?> selector) => TableColumn.Wide("Selector", item => TableText.Selector(selector(item)));

    private static string JobStatus(JsonObject job)
    {
        JsonNode? status = job["status"];
        return Fields.Holds(status, "Complete") ? "Complete" : Fields.Holds(status, "Failed") ? "Failed"
            : Metadata.IsTerminating(job) ? "Terminating" : Fields.Holds(status, "Suspended") ? "Suspended"
            : Fields.Holds(status, "FailureTarget") ? "FailureTarget" : "Running";
    }

    private static string Completions(JsonObject job)
    {
        long succeeded = Status(job, "succeeded"), parallel = Fields.Number(job["spec"], "parallelism", 0);
        return Fields.Number(job["spec"], "completions") is { } completions ? $"{succeeded}/{completions}"
            : parallel > 1 ? $"{succeeded}/1 of {parallel}" : $"{succeeded}/1";
    }

    private static string JobDuration(JsonObject job, DateTimeOffset now)
        => Fields.Time(job["status"], "startTime") is { } start ? TableText.Human((Fields.Time(job["status"], "completionTime") ?? now) - start) : string.Empty;

    private static long Status(JsonObject item, string field) => Fields.Number(item["status"], field, 0);

    private static long Wanted(JsonObject item) => Fields.Number(item["spec"], "replicas", 0);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
