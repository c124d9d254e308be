using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Eks.Operations;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Eks.Service;

/// <summary>The region's EKS.</summary>
internal sealed class EksService(EksRegion region) : IAwsService
{
    private readonly Dictionary<string, Func<EksRequest, JsonObject>> _operations = EksOperations.Of(region);

    public string Name => "eks";

    public IAwsRequest Read(HttpRequest request, byte[] body) => EksRequest.Read(request, body, region, Serve);

    public (string Type, string Message) Fault(bool isUnavailable)
        => isUnavailable ? ("ServiceUnavailableException", "Service Unavailable") : ("ServerException", "Internal server error");

    private JsonObject Serve(EksRequest request)
    {
        if (!request.Route.IsModelled) throw AwsError.NotModelled(request.Route.Operation);
        // The answer is made whole while nothing moves.
        lock (region.Gate) return _operations[request.Route.Operation](request);
    }
}
