using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Eks.Service;

/// <summary>An answer that is no success, in the service's shape: the type in a header, a message and whom it concerns in the body.</summary>
internal sealed class EksError(int status, string type, string message) : AwsError(status, type, message)
{
    public string? Cluster { get; init; }

    public string? Nodegroup { get; init; }

    public static EksError NoCluster(string name) => new(404, "ResourceNotFoundException", $"No cluster found for name: {name}.") { Cluster = name };

    public static EksError NoNodegroup(string cluster, string name) => new(404, "ResourceNotFoundException", $"No node group found for name: {name}.") { Cluster = cluster, Nodegroup = name };

    public override JsonObject ToJson()
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
