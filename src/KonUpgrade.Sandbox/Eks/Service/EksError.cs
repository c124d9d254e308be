using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Eks.Service;

/// <summary>An answer that is no success, in the service's shape: the type in a header, a message and whom it concerns in the body.</summary>
internal sealed class EksError(int status, string type, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>The exception's name in the service's model.</summary>
    public string Type { get; } = type;

    public string? Cluster { get; init; }

    public string? Nodegroup { get; init; }

    public int RetryAfterSeconds { get; init; }

    public static EksError NoCluster(string name) => new(404, "ResourceNotFoundException", $"No cluster found for name: {name}.") { Cluster = name };

    public static EksError NoNodegroup(string cluster, string name) => new(404, "ResourceNotFoundException", $"No node group found for name: {name}.") { Cluster = cluster, Nodegroup = name };

    public static EksError Serialization(string message) => new(400, "SerializationException", message);

    public static EksError NotModelled(string what) => new(501, "NotImplementedException", $"The sandbox does not model {what}.");

    public JsonObject ToJson()
    {
        var body = new JsonObject();
        // What an exception's structure has stands there without a value too.
        string[] members = Type switch
        {
            "ResourceNotFoundException" or "InvalidParameterException" => ["clusterName", "nodegroupName", "fargateProfileName", "addonName", "subscriptionId"],
            "InvalidRequestException" or "ServerException" or "ClientException" => ["clusterName", "nodegroupName", "addonName", "subscriptionId"],
            "ResourceInUseException" => ["clusterName", "nodegroupName", "addonName"],
            "ResourceLimitExceededException" => ["clusterName", "nodegroupName", "subscriptionId"],
            "ThrottlingException" => ["clusterName"],
            _ => [],
        };
        foreach (string member in members)
        {
            body[member] = member switch
            {
                "clusterName" => Cluster,
                "nodegroupName" => Nodegroup,
                _ => null,
            };
        }
        body["message"] = Message;
        return body;
    }
}
