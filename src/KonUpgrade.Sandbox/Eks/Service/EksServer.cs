using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Eks.Operations;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Eks.Service;

/// <summary>Answers the requests to the region's EKS.</summary>
internal sealed class EksServer(EksRegion region, TextWriter log, CancellationToken stopping)
{
    private readonly EksFaults _faults = new(region, stopping);
    private readonly Dictionary<string, Func<EksRequest, JsonObject>> _operations = EksOperations.Of(region);

    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        try
        {
            byte[] body = await ReadAsync(context);
            Signature.Check(context.Request, body, region.Settings);
            EksRequest request = EksRequest.Read(context.Request, body);
            RequestInfo info = request.ToInfo(context.Request.Path.Value ?? "/");
            if (await _faults.StruckAsync(context, request, info)) return;
            JsonObject answer = Serve(request);
            if (await _faults.IsKeptFromAnswerAsync(context, request, info)) return;
            await SendAsync(context, 200, answer);
        }
        catch (EksError error)
        {
            await SendAsync(context, error);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone: nobody is left to answer.
        }
        catch (BadHttpRequestException)
        {
            // A body that the client broke off.
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
        }
        catch (Exception unexpected) when (!context.Response.HasStarted)
        {
            // A fault of the sandbox itself: told as the service tells one, with enough to find it.
            await log.WriteLineAsync($"eks: {context.Request.Method} {context.Request.Path}: {unexpected}");
            await SendAsync(context, new EksError(500, "ServerException", $"{unexpected.GetType().Name}: {unexpected.Message}"));
        }
    }

    private JsonObject Serve(EksRequest request)
    {
        if (!request.Route.IsModelled) throw EksError.NotModelled(request.Route.Operation);
        // The answer is made whole while nothing moves.
        lock (region.Gate) return _operations[request.Route.Operation](request);
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        await context.Request.Body.CopyToAsync(copy, context.RequestAborted);
        return copy.ToArray();
    }

    private static async Task SendAsync(HttpContext context, EksError error)
    {
        if (context.Response.HasStarted) return;
        context.Response.Headers["x-amzn-ErrorType"] = error.Type;
        if (error.RetryAfterSeconds > 0) context.Response.Headers.RetryAfter = error.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        await SendAsync(context, error.Status, error.ToJson());
    }

    private static async Task SendAsync(HttpContext context, int status, JsonObject body)
    {
        byte[] bytes = JsonTree.ToUtf8(body);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
