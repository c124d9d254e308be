using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Backup.Service;

/// <summary>An error of the service's model. All of them have the same members; errors that all services have do not.</summary>
internal sealed class BackupError(string type, string message) : AwsError(400, type, message)
{
    /// <summary>The ARN of what is there already.</summary>
    public string? Arn { get; init; }

    public static BackupError NotFound(string message) => new("ResourceNotFoundException", message);

    public static BackupError Invalid(string message) => new("InvalidParameterValueException", message);

    public static BackupError Missing(string name) => new("MissingParameterValueException", $"Required parameter {name} is missing.");

    public static BackupError Request(string message) => new("InvalidRequestException", message);

    public override JsonObject ToJson()
    {
        var body = new JsonObject { ["Code"] = $"ERROR_{1000 + (Type.Length * 7)}", ["Context"] = null, ["Message"] = Message, ["Type"] = "Client" };
        if (Arn is not null) (body["Arn"], body["CreatorRequestId"]) = (Arn, null);
        return body;
    }
}
