using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Eks.Service;

/// <summary>One request to the service, taken apart.</summary>
internal sealed class EksRequest(EksRoute route, string cluster, string nodegroup, string updateId, IQueryCollection query, JsonObject body)
{
    public EksRoute Route { get; } = route;

    /// <summary>The cluster's name; empty where none is asked for.</summary>
    public string Cluster { get; } = cluster;

    /// <summary>The node group's name, from the path, the body or the query.</summary>
    public string Nodegroup { get; } = nodegroup;

    public string UpdateId { get; } = updateId;

    public IQueryCollection Query { get; } = query;

    public JsonObject Body { get; } = body;

    public static EksRequest Read(HttpRequest request, byte[] body)
    {
        (EksRoute route, IReadOnlyDictionary<string, string> names) = EksRoute.Find(request.Method, request.Path.Value ?? "/")
            ?? throw new EksError(404, "UnknownOperationException", $"There is no operation {request.Method} {request.Path}.");
        JsonObject parameters;
        try
        {
            parameters = body.Length == 0 ? [] : JsonTree.ParseObject(body);
        }
        catch (JsonException unreadable)
        {
            throw EksError.Serialization($"The body is no JSON object: {unreadable.Message}");
        }
        string cluster = names.GetValueOrDefault("name", string.Empty);
        string nodegroup = names.GetValueOrDefault("nodegroupName") ?? (route.Operation == "CreateNodegroup" ? Metadata.Text(parameters, "nodegroupName") : request.Query["nodegroupName"].ToString());
        return new EksRequest(route, cluster, nodegroup, names.GetValueOrDefault("updateId", string.Empty), request.Query, parameters);
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
