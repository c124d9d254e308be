using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Api.Tables;

/// <summary>Which columns a kind has: its own, those of its CRD, or name and age.</summary>
internal static class TableColumns
{
    private static readonly IReadOnlyList<TableColumn> Plain = [TableColumn.ObjectName, TableColumn.Age];

    public static IReadOnlyList<TableColumn> Of(ApiResource resource)
    {
        if (resource.IsCustom) return Custom(resource);
        return (resource.Group, resource.Plural) switch
        {
            ("", "pods") => PodTable.Columns,
            ("", "nodes") => ClusterTables.Nodes,
            ("", "namespaces") => ClusterTables.Namespaces,
            ("", "services") => ClusterTables.Services,
            ("", "configmaps") => ClusterTables.ConfigMaps,
            ("", "secrets") => ClusterTables.Secrets,
            ("apps", "deployments") => WorkloadTables.Deployments,
            ("apps", "replicasets") => WorkloadTables.ReplicaSets,
            ("apps", "statefulsets") => WorkloadTables.StatefulSets,
            ("apps", "daemonsets") => WorkloadTables.DaemonSets,
            ("batch", "jobs") => WorkloadTables.Jobs,
            ("batch", "cronjobs") => WorkloadTables.CronJobs,
            ("policy", "poddisruptionbudgets") => WorkloadTables.Budgets,
            _ => Plain,
        };
    }

    private static IReadOnlyList<TableColumn> Custom(ApiResource resource)
    {
        JsonObject? version = Fields.Objects(resource.Definition, "versions").FirstOrDefault(version => Metadata.Text(version, "name") == resource.Version);
        // In the older form of a CRD all versions share them.
        JsonObject[] given = [.. Fields.Objects(version, "additionalPrinterColumns"), .. version?["additionalPrinterColumns"] is null ? Fields.Objects(resource.Definition, "additionalPrinterColumns") : []];
        if (given.Length == 0) return Plain;
        return [TableColumn.ObjectName, .. given.Select(Column)];
    }

    private static TableColumn Column(JsonObject given)
    {
        string path = Metadata.Text(given, "jsonPath") is { Length: > 0 } text ? text : Metadata.Text(given, "JSONPath"), type = Metadata.Text(given, "type");
        return new TableColumn(Metadata.Text(given, "name"), (item, now) => Cell(item, path, type, now))
        {
            Type = type,
            Format = Metadata.Text(given, "format"),
            Priority = Fields.Number(given, "priority", 0),
            Description = Metadata.Text(given, "description") is { Length: > 0 } description ? description : $"Custom resource definition column (in JSONPath format): {path}",
        };
    }

    private static JsonNode? Cell(JsonObject item, string path, string type, DateTimeOffset now)
    {
        if (ObjectPath.Find(item, path) is not [var value, ..]) return null;
        JsonValueKind kind = value.GetValueKind();
        switch (type)
        {
            case "integer" or "number" when kind == JsonValueKind.Number:
            case "boolean" when kind is JsonValueKind.True or JsonValueKind.False:
                return value.DeepClone();
            case "date":
                var holder = new JsonObject { ["time"] = value.DeepClone() };
                return TableText.Since(holder, "time", now, "<invalid>");
            case "string":
                return kind == JsonValueKind.String ? value.DeepClone() : Schemas.Json.Compact(value);
            default:
                return null;
        }
    }
}
