using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Eks.Service;

/// <summary>One request to the service, taken apart.</summary>
internal sealed class EksRequest(EksRoute route, string cluster, string nodegroup, string updateId, IQueryCollection query, JsonObject body) : IAwsRequest
{
    public EksRoute Route { get; } = route;

    public string Operation => Route.Operation;

    public string Arn => Cluster.Length == 0 ? "*" : Region.Arn("eks", $"cluster/{Cluster}");

    /// <summary>The cluster's name; empty where none is asked for.</summary>
    public string Cluster { get; } = cluster;

    /// <summary>The node group's name, from the path, the body or the query.</summary>
    public string Nodegroup { get; } = nodegroup;

    public string UpdateId { get; } = updateId;

    public string InsightId { get; private init; } = string.Empty;

    public string Addon { get; private init; } = string.Empty;

    public IQueryCollection Query { get; } = query;

    public JsonObject Body { get; } = body;

    private EksRegion Region { get; init; } = null!;

    private Func<EksRequest, JsonObject> Server { get; init; } = null!;

    public AwsAnswer Serve() => AwsAnswer.Json(200, Server(this));

    public AwsError Error(int status, string type, string message, int retryAfterSeconds = 0)
        => new EksError(status, type, message) { Cluster = Named(Cluster), Nodegroup = Named(Nodegroup), RetryAfterSeconds = retryAfterSeconds };

    /// <summary>Takes a request apart.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="region">The region.</param>
    /// <param name="serve">Does what it asks for.</param>
    public static EksRequest Read(HttpRequest request, byte[] body, EksRegion region, Func<EksRequest, JsonObject> serve)
    {
        (EksRoute route, IReadOnlyDictionary<string, string> names) = EksRoute.Find(request.Method, request.Path.Value ?? "/")
            ?? throw AwsError.NoOperation(request.Method, request.Path);
        JsonObject parameters = Wire.Body(body);
        string cluster = names.GetValueOrDefault("name", string.Empty);
        string nodegroup = names.GetValueOrDefault("nodegroupName") ?? (route.Operation == "CreateNodegroup" ? Metadata.Text(parameters, "nodegroupName") : request.Query["nodegroupName"].ToString());
        return new EksRequest(route, cluster, nodegroup, names.GetValueOrDefault("updateId", string.Empty), request.Query, parameters)
        {
            InsightId = names.GetValueOrDefault("id", string.Empty),
            Addon = names.GetValueOrDefault("addonName", string.Empty),
            Region = region,
            Server = serve,
        };
    }

    public EksError InvalidParameter(string message) => new(400, "InvalidParameterException", message) { Cluster = Named(Cluster), Nodegroup = Named(Nodegroup) };

    public EksError InvalidRequest(string message) => new(400, "InvalidRequestException", message) { Cluster = Named(Cluster), Nodegroup = Named(Nodegroup) };

    public EksError InUse(string message) => new(409, "ResourceInUseException", message) { Cluster = Named(Cluster), Nodegroup = Named(Nodegroup) };

    public EksError LimitExceeded(string message) => new(400, "ResourceLimitExceededException", message) { Cluster = Named(Cluster), Nodegroup = Named(Nodegroup) };

    /// <summary>The request as faults see it.</summary>
    public RequestInfo ToInfo(string path) => new()
    {
        Verb = Route.Verb,
        Operation = Route.Operation,
        Path = path,
        IsResource = true,
        Group = "eks.amazonaws.com",
        Resource = Route.Resource,
        Name = Route.Resource == "clusters" ? Cluster : Nodegroup,
    };

    private static string? Named(string name) => name.Length == 0 ? null : name;
}
