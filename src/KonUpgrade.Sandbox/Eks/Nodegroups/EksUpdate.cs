using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Eks.Nodegroups;

/// <summary>An update of a node group, under way or done.</summary>
internal sealed class EksUpdate(string type, DateTimeOffset createdAt)
{
    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>ConfigUpdate or VersionUpdate.</summary>
    public string Type { get; } = type;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    /// <summary>InProgress, Failed or Successful.</summary>
    public string Status { get; private set; } = "InProgress";

    public bool IsRunning => Status == "InProgress";

    /// <summary>What it changes; the types are the service's UpdateParamType.</summary>
    public List<(string Type, string Value)> Params { get; } = [];

    public List<(string Code, string Message, IReadOnlyList<string> ResourceIds)> Errors { get; } = [];

    public void Succeed() => Status = "Successful";

    public void Fail(string code, string message, IReadOnlyList<string> resourceIds)
    {
        Status = "Failed";
        Errors.Add((code, message, resourceIds));
    }

    public JsonObject ToJson() => new()
    {
        ["id"] = Id,
        ["status"] = Status,
        ["type"] = Type,
        ["params"] = new JsonArray([.. Params.Select(param => (JsonNode?)new JsonObject { ["type"] = param.Type, ["value"] = param.Value })]),
        ["createdAt"] = Wire.Time(CreatedAt),
        ["errors"] = new JsonArray([.. Errors.Select(error => (JsonNode?)new JsonObject
        {
            ["errorCode"] = error.Code,
            ["errorMessage"] = error.Message,
            ["resourceIds"] = Wire.List(error.ResourceIds),
        })]),
    };
}
