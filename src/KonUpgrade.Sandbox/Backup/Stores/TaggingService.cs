using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Backup.Vaults;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Backup.Stores;

/// <summary>
/// The region's tagging service, as far as it lists resources with their tags: what there is to protect, and the snapshots
/// that RDS and EC2 keep of it. It speaks JSON 1.1: the operation in a header.
/// </summary>
internal sealed class TaggingService(BackupRegion region) : IAwsService
{
    private const string Target = "ResourceGroupsTaggingAPI_20170126.";

    public string Name => "tagging";

    public IAwsRequest Read(HttpRequest request, byte[] body)
    {
        string target = request.Headers["X-Amz-Target"].ToString();
        if (target != $"{Target}GetResources")
            throw target.StartsWith(Target, StringComparison.Ordinal) ? AwsError.NotModelled(target[Target.Length..]) : new AwsError(400, "UnknownOperationException", $"There is no operation '{target}'.");
        return new Request(this, new Parameters(Wire.Body(body)));
    }

    public (string Type, string Message) Fault(bool isUnavailable) => ("InternalServiceException", "The request processing failed because of an unknown error, exception, or failure.");

    public AwsAnswer Tell(AwsError error, string requestId) => Answer(error.Status, new JsonObject
    {
        ["__type"] = error.Type == "ThrottlingException" ? "ThrottledException" : error.Type,
        ["Message"] = error.Message,
    });

    private static AwsAnswer Answer(int status, JsonObject body) => new(status, "application/x-amz-json-1.1", JsonTree.ToUtf8(body));

    private static AwsError Invalid(string message) => new(400, "InvalidParameterException", message);

    private JsonObject Find(Parameters asked)
    {
        IReadOnlyList<string>? types = asked.Texts("ResourceTypeFilters");
        IReadOnlyList<Parameters>? filters = asked.Structures("TagFilters");
        if (asked.Has("ResourceARNList")) throw AwsError.NotModelled("ResourceARNList");
        string token = asked.Text("PaginationToken") ?? string.Empty;
        int from = token.Length == 0 ? 0 : int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out int at) ? at : throw Invalid("PaginationToken is invalid");
        int size = Math.Min(asked.Integer("ResourcesPerPage") ?? 100, region.Settings.MostInAPage);
        (string Arn, IReadOnlyDictionary<string, string> Tags)[] all = [.. Tagged()
            .Where(resource => resource.Tags.Count > 0 && (types is not { Count: > 0 } || types.Any(type => IsOf(resource.Arn, type)))
                && (filters ?? []).All(filter => Has(resource.Tags, filter)))
            .OrderBy(resource => resource.Arn, StringComparer.Ordinal)];
        return new JsonObject
        {
            ["ResourceTagMappingList"] = new JsonArray([.. all.Skip(from).Take(size).Select(resource => (JsonNode?)new JsonObject
            {
                ["ResourceARN"] = resource.Arn,
                ["Tags"] = new JsonArray([.. resource.Tags.Select(tag => (JsonNode?)new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
            })]),
            ["PaginationToken"] = from + size < all.Length ? (from + size).ToString(CultureInfo.InvariantCulture) : string.Empty,
        };
    }

    private IEnumerable<(string Arn, IReadOnlyDictionary<string, string> Tags)> Tagged()
    {
        foreach (BackupResource resource in region.Resources)
        {
            if (resource.Region is null || resource.Region == region.Region) yield return (resource.Arn, resource.Tags);
            // Members of a cluster have its tags, where nobody changed them.
            foreach (string member in resource.Members) yield return (region.Arn("rds", $"db:{member}"), resource.Tags);
        }
        foreach (RecoveryPoint point in region.Vaults.Values.SelectMany(vault => vault.Points).Where(point => !point.IsOwn))
            yield return (point.Arn.Replace("::", $":{region.AccountId}:", StringComparison.Ordinal), point.Tags);
    }

    // s3, rds:db
    private static bool IsOf(string arn, string type)
        => arn.Split(':', 6) is [_, _, var service, _, _, var rest] && type.Split(':') is [var wanted, .. var kind] && service == wanted && (kind.Length == 0 || rest.Split(':', '/')[0] == kind[0]);

    private static bool Has(IReadOnlyDictionary<string, string> tags, Parameters filter)
        => tags.TryGetValue(filter.Text("Key") ?? throw Invalid("A TagFilter has no Key"), out string? value) && (filter.Texts("Values") is not { Count: > 0 } values || values.Contains(value));

    private sealed class Request(TaggingService service, Parameters asked) : IAwsRequest
    {
        public string Operation => "GetResources";

        public string Cluster => string.Empty;

        public string Arn => "*";

        public RequestInfo ToInfo(string path) => new() { Verb = "list", Operation = Operation, Path = path, IsResource = true, Group = "tagging.amazonaws.com", Resource = "resources", Name = string.Empty };

        public AwsAnswer Serve()
        {
            lock (service.Region.Gate)
            {
                service.Region.Carry();
                return Answer(200, service.Find(asked));
            }
        }

        public AwsError Error(int status, string type, string message, int retryAfterSeconds = 0) => new(status, type, message) { RetryAfterSeconds = retryAfterSeconds };
    }

    private BackupRegion Region => region;
}
