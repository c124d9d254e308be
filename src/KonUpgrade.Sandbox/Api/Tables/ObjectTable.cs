using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Api.Tables;

/// <summary>Shows objects of one kind as the Table that <c>kubectl get</c> prints.</summary>
internal sealed class ObjectTable(ApiResource resource, TableRequest request)
{
    private readonly IReadOnlyList<TableColumn> _columns = TableColumns.Of(resource);

    /// <summary>A table.</summary>
    /// <param name="items">The objects, in the version that is asked for.</param>
    /// <param name="metadata">The metadata of the list, or of the object.</param>
    /// <param name="now">What ages are reckoned to.</param>
    /// <param name="withColumns">False where a stream has told its columns before.</param>
    public JsonObject Of(IEnumerable<JsonObject> items, JsonObject metadata, DateTimeOffset now, bool withColumns = true) => new()
    {
        ["kind"] = "Table",
        ["apiVersion"] = $"meta.k8s.io/{request.Version}",
        ["metadata"] = metadata,
        ["columnDefinitions"] = withColumns ? new JsonArray([.. _columns.Select(column => (JsonNode?)column.Define())]) : null,
        ["rows"] = new JsonArray([.. items.Select(item => (JsonNode?)Row(item, now))]),
    };

    private JsonObject Row(JsonObject item, DateTimeOffset now)
    {
        var row = new JsonObject { ["cells"] = new JsonArray([.. _columns.Select(column => column.Cell(item, now))]) };
        JsonObject? shown = request.Object switch
        {
            "Object" => item,
            "None" => null,
            _ => new JsonObject { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = $"meta.k8s.io/{request.Version}", ["metadata"] = item["metadata"]?.DeepClone() },
        };
        if (shown is not null) row["object"] = shown;
        return row;
    }
}
