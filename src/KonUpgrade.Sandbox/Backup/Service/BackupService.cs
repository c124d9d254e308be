using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Backup.Operations;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Backup.Service;

/// <summary>The region's AWS Backup.</summary>
internal sealed class BackupService(BackupRegion region) : IAwsService
{
    private readonly Dictionary<string, Func<BackupRequest, JsonObject?>> _operations = BackupOperations.Of(region);

    public string Name => "backup";

    public IAwsRequest Read(HttpRequest request, byte[] body) => BackupRequest.Read(request, body, Serve);

    public (string Type, string Message) Fault(bool isUnavailable) => ("ServiceUnavailableException", "The request failed due to a temporary failure of the server.");

    private JsonObject? Serve(BackupRequest request)
    {
        if (!request.Route.IsModelled) throw AwsError.NotModelled(request.Operation);
        lock (region.Gate)
        {
            region.Carry();
            return _operations[request.Operation](request);
        }
    }
}
