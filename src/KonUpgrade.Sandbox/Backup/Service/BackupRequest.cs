using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KonUpgrade.Sandbox.Backup.Service;

/// <summary>One request to the service, taken apart.</summary>
internal sealed class BackupRequest(BackupRoute route, IReadOnlyDictionary<string, string> names, IQueryCollection query, JsonObject body, Func<BackupRequest, JsonObject?> serve) : IAwsRequest
{
    public BackupRoute Route { get; } = route;

    public string Operation => Route.Operation;

    public string Cluster => string.Empty;

    public string Arn => names.GetValueOrDefault("recoveryPointArn") ?? names.GetValueOrDefault("resourceArn") ?? Text("ResourceArn") ?? Text("RecoveryPointArn") ?? "*";

    public JsonObject Body { get; } = body;

    public Parameters Parameters { get; } = new(body);

    public static BackupRequest Read(HttpRequest request, byte[] body, Func<BackupRequest, JsonObject?> serve)
    {
        string raw = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        (BackupRoute route, IReadOnlyDictionary<string, string> names) = BackupRoute.Find(request.Method, raw) ?? throw AwsError.NoOperation(request.Method, request.Path);
        return new BackupRequest(route, names, request.Query, Wire.Body(body), serve);
    }

    /// <summary>A value in the path.</summary>
    public string Named(string name) => names[name];

    /// <summary>A value of the query; null when it is not there.</summary>
    public string? Asked(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A member of the body that must be there.</summary>
    public string Needed(string name) => Parameters.Text(name) is { Length: > 0 } text ? text : throw BackupError.Missing(name);

    public AwsAnswer Serve() => AwsAnswer.Json(200, serve(this));

    public AwsError Error(int status, string type, string message, int retryAfterSeconds = 0) => new(status, type, message) { RetryAfterSeconds = retryAfterSeconds };

    public RequestInfo ToInfo(string path) => new()
    {
        Verb = Route.Verb,
        Operation = Route.Operation,
        Path = path,
        IsResource = true,
        Group = "backup.amazonaws.com",
        Resource = Route.Resource,
        // Jobs are begun for a resource, and looked at by their ids.
        Name = Route.Operation == "StartBackupJob" ? Text("ResourceArn") ?? string.Empty : names.Values.LastOrDefault() ?? string.Empty,
    };

    private string? Text(string name) => Body[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
