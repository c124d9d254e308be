using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Backup.Stores;

/// <summary>The S3 of the buckets that there are to protect, as far as it tells where they are and whether they keep old versions. Buckets stand in the path.</summary>
internal sealed class BucketService(BackupRegion region) : IAwsService
{
    private static readonly XNamespace Space = "http://s3.amazonaws.com/doc/2006-03-01/";

    public string Name => "s3";

    public IAwsRequest Read(HttpRequest request, byte[] body)
    {
        string[] parts = (request.Path.Value ?? string.Empty).Split('/', StringSplitOptions.RemoveEmptyEntries);
        string operation = request.Method == "GET" && parts.Length == 1
            ? request.Query.ContainsKey("versioning") ? "GetBucketVersioning" : request.Query.ContainsKey("location") ? "GetBucketLocation" : string.Empty
            : string.Empty;
        return operation.Length > 0 ? new Request(this, operation, parts[0]) : throw AwsError.NotModelled($"{request.Method} {request.Path}{request.QueryString} of S3");
    }

    public (string Type, string Message) Fault(bool isUnavailable)
        => isUnavailable ? ("ServiceUnavailable", "Please reduce your request rate.") : ("InternalError", "We encountered an internal error. Please try again.");

    public AwsAnswer Tell(AwsError error, string requestId)
    {
        (int status, string code) = error.Type switch
        {
            "ThrottlingException" => (503, "SlowDown"),
            "AccessDeniedException" or "MissingAuthenticationTokenException" => (403, "AccessDenied"),
            "UnrecognizedClientException" => (403, "InvalidAccessKeyId"),
            "InvalidSignatureException" => (403, "SignatureDoesNotMatch"),
            "IncompleteSignatureException" => (400, "AuthorizationHeaderMalformed"),
            var own => (error.Status, own),
        };
        return AwsAnswer.Xml(status, new XElement("Error", new XElement("Code", code), new XElement("Message", error.Message), new XElement("RequestId", requestId)));
    }

    private AwsAnswer Serve(string operation, string bucket)
    {
        lock (region.Gate)
        {
            BackupResource found = region.Find($"arn:aws:s3:::{bucket}") ?? throw new AwsError(404, "NoSuchBucket", "The specified bucket does not exist");
            string place = found.Region ?? region.Region;
            if (operation == "GetBucketLocation") return AwsAnswer.Xml(200, new XElement(Space + "LocationConstraint", place == "us-east-1" ? null : place));
            if (place != region.Region) throw new AwsError(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint.");
            return AwsAnswer.Xml(200, new XElement(Space + "VersioningConfiguration", found.IsVersioned ? new XElement(Space + "Status", "Enabled") : null));
        }
    }

    private sealed class Request(BucketService service, string operation, string bucket) : IAwsRequest
    {
        public string Operation => operation;

        public string Cluster => string.Empty;

        public string Arn => $"arn:aws:s3:::{bucket}";

        public RequestInfo ToInfo(string path) => new() { Verb = "get", Operation = operation, Path = path, IsResource = true, Group = "s3.amazonaws.com", Resource = "buckets", Name = bucket };

        public AwsAnswer Serve() => service.Serve(operation, bucket);

        public AwsError Error(int status, string type, string message, int retryAfterSeconds = 0) => new(status, type, message) { RetryAfterSeconds = retryAfterSeconds };
    }
}
