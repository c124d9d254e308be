using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Aws;

/// <summary>An answer that is no success, in the shape that all services have: the type in a header, a message in the body.</summary>
internal class AwsError(int status, string type, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>The exception's name in the service's model.</summary>
    public string Type { get; } = type;

    public int RetryAfterSeconds { get; init; }

    public static AwsError Serialization(string message) => new(400, "SerializationException", message);

    public static AwsError NotModelled(string what) => new(501, "NotImplementedException", $"The sandbox does not model {what}.");

    public static AwsError NoOperation(string method, string path) => new(404, "UnknownOperationException", $"There is no operation {method} {path}.");

    public virtual JsonObject ToJson() => new() { ["message"] = Message };
}
