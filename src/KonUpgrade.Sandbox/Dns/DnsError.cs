using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Dns;

/// <summary>The errors of Route 53's model.</summary>
internal static class DnsError
{
    public static AwsError NoZone(string id) => new(404, "NoSuchHostedZone", $"No hosted zone found with ID: {id}");

    public static AwsError NoChange(string id) => new(404, "NoSuchChange", $"Could not find resource with ID: {id}");

    public static AwsError Input(string message) => new(400, "InvalidInput", message);

    public static AwsError Batch(IEnumerable<string> problems) => new(400, "InvalidChangeBatch", $"[{string.Join(", ", problems)}]");

    public static AwsError Exists(string reference) => new(409, "HostedZoneAlreadyExists", $"A hosted zone has already been created with the specified caller reference: {reference}");
}
