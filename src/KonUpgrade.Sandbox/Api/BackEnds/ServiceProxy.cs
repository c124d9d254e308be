using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Api.BackEnds;

/// <summary>Answers what is asked of a Service through the API server: <c>…/services/[http:]NAME[:PORT]/proxy/…</c>.</summary>
internal sealed class ServiceProxy(SimulatedCluster cluster, CancellationToken stopping)
{
    private readonly ServiceEndpoint _endpoints = new(cluster);

    /// <summary>Passes a request on.</summary>
    /// <exception cref="ApiError">There is nobody to pass it on to.</exception>
    public async Task<Answer> AnswerAsync(HttpContext context, RequestInfo info)
    {
        if (info.Verb != "get") throw ApiError.NotModelled("requests through the proxy of a Service other than GET");
        (string service, string address) = _endpoints.Find(info.Namespace, info.Name);
        string own = $"/api/v1/namespaces/{info.Namespace}/services/{info.Name}/proxy";
        if (info.Path.Length <= own.Length) return new Answer(301, Array.Empty<byte>()) { Location = own + "/" };
        if (!cluster.BackEnds.Knows(info.Namespace, service))
            throw new ApiError(503, "ServiceUnavailable", $"error trying to reach service: dial tcp {address}: connect: connection refused");
        if (cluster.BackEnds.Find(info.Namespace, service, info.Path[own.Length..]) is not { } found) return Answer.NoSuchPath;
        if (found.Hangs)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.Abort();
            return Answer.Sent;
        }
        // Where a back end sends on to within itself is behind the proxy, too.
        string? location = found.Location is ['/', ..] within ? own + within : found.Location;
        return new Answer(found.Status, System.Text.Encoding.UTF8.GetBytes(found.Body)) { ContentType = found.ContentType, Location = location };
    }
}
