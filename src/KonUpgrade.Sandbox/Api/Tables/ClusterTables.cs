using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Api.Tables;

/// <summary>The columns of nodes, namespaces, services and what holds data.</summary>
internal static class ClusterTables
{
    private const string Role = "node-role.kubernetes.io/";

    public static IReadOnlyList<TableColumn> Nodes { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Status", NodeStatus) with { Description = "The status of the node" },
        TableColumn.Text("Roles", Roles) with { Description = "The roles of the node" },
        TableColumn.Age,
        TableColumn.Text("Version", item => Info(item, "kubeletVersion")),
        TableColumn.Wide("Internal-IP", item => Address(item, "InternalIP")),
        TableColumn.Wide("External-IP", item => Address(item, "ExternalIP")),
        TableColumn.Wide("OS-Image", item => Or(Info(item, "osImage"))),
        TableColumn.Wide("Kernel-Version", item => Or(Info(item, "kernelVersion"))),
        TableColumn.Wide("Container-Runtime", item => Or(Info(item, "containerRuntimeVersion"))),
    ];

    public static IReadOnlyList<TableColumn> Namespaces { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Status", item => Fields.Text(item["status"], "phase")) with { Description = "The status of the namespace" },
        TableColumn.Age,
    ];

    public static IReadOnlyList<TableColumn> Services { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Type", item => Fields.Text(item["spec"], "type")),
        TableColumn.Text("Cluster-IP", item => (item["spec"]?["clusterIPs"] as JsonArray)?.FirstOrDefault()?.ToString() ?? (Fields.Text(item["spec"], "clusterIP") is { Length: > 0 } ip ? ip : TableText.None)),
        TableColumn.Text("External-IP", ExternalIP),
        TableColumn.Text("Port(s)", Ports),
        TableColumn.Age,
        TableColumn.Wide("Selector", item => WorkloadTables.Labels(item["spec"]?["selector"])),
    ];

    public static IReadOnlyList<TableColumn> ConfigMaps { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Data", item => Number(Count(item["data"]) + Count(item["binaryData"]))),
        TableColumn.Age,
    ];

    public static IReadOnlyList<TableColumn> Secrets { get; } =
    [
        TableColumn.ObjectName,
        TableColumn.Text("Type", item => Metadata.Text(item, "type")),
        TableColumn.Text("Data", item => Number(Count(item["data"]))),
        TableColumn.Age,
    ];

    private static string NodeStatus(JsonObject node)
    {
        string ready = Fields.Condition(node["status"], "Ready") is not { } condition ? "Unknown" : Fields.Text(condition, "status") == "True" ? "Ready" : "NotReady";
        return Fields.Flag(node["spec"], "unschedulable") ? $"{ready},SchedulingDisabled" : ready;
    }

    private static string Roles(JsonObject node)
    {
        Dictionary<string, string> labels = Fields.Texts(node["metadata"], "labels");
        string[] roles = [.. labels.Select(label => label.Key.StartsWith(Role, StringComparison.Ordinal) ? label.Key[Role.Length..] : label.Key == "kubernetes.io/role" ? label.Value : string.Empty)
            .Where(role => role.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        return roles.Length == 0 ? TableText.None : string.Join(',', roles);
    }

    private static string Address(JsonObject node, string type)
        => Fields.Objects(node["status"], "addresses").FirstOrDefault(address => Metadata.Text(address, "type") == type) is { } found ? Metadata.Text(found, "address") : TableText.None;

    private static string ExternalIP(JsonObject service)
    {
        IReadOnlyList<string> given = service["spec"] is JsonObject spec ? Metadata.Strings(spec, "externalIPs") : [];
        switch (Fields.Text(service["spec"], "type"))
        {
            case "ExternalName":
                return Fields.Text(service["spec"], "externalName");
            case "LoadBalancer":
                string[] all = [.. Fields.Objects(service["status"]?["loadBalancer"], "ingress").Select(ingress => Metadata.Text(ingress, "ip") is { Length: > 0 } ip ? ip : Metadata.Text(ingress, "hostname")), .. given];
                return all.Length == 0 ? "<pending>" : string.Join(',', all);
            default:
                return given.Count == 0 ? TableText.None : string.Join(',', given);
        }
    }

    private static string Ports(JsonObject service)
    {
        string[] ports = [.. Fields.Objects(service["spec"], "ports").Select(port =>
        {
            string number = Number(Fields.Number(port, "port", 0)), protocol = Metadata.Text(port, "protocol") is { Length: > 0 } told ? told : "TCP";
            return Fields.Number(port, "nodePort", 0) is > 0 and long node ? $"{number}:{Number(node)}/{protocol}" : $"{number}/{protocol}";
        })];
        return ports.Length == 0 ? TableText.None : string.Join(',', ports);
    }

    private static string Info(JsonObject node, string field) => Fields.Text(node["status"]?["nodeInfo"], field);

    private static string Or(string text) => text.Length == 0 ? TableText.Unknown : text;

    private static long Count(JsonNode? map) => (map as JsonObject)?.Count ?? 0;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
