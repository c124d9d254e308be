using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Aws;

/// <summary>Answers the requests to the region's services: one endpoint for all of them. Which one is meant, a request's signature says.</summary>
internal sealed class AwsServer(IReadOnlyList<IAwsService> services, Func<AwsKey> key, FaultPlan plan, TextWriter log, CancellationToken stopping)
{
    private readonly AwsFaults _faults = new(plan, key, stopping);

    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        string? meant = Signature.ServiceOf(context.Request);
        IAwsService service = services.FirstOrDefault(each => each.Name == meant) ?? services[0];
        try
        {
            byte[] body = await ReadAsync(context);
            Signature.Check(context.Request, body, key(), service.Name);
            IAwsRequest request = service.Read(context.Request, body);
            RequestInfo info = request.ToInfo(context.Request.Path.Value ?? "/");
            if (await _faults.StruckAsync(context, service, request, info)) return;
            JsonObject? answer = request.Serve();
            if (await _faults.IsKeptFromAnswerAsync(context, request, info)) return;
            await SendAsync(context, 200, answer);
        }
        catch (AwsError error)
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
            await log.WriteLineAsync($"{service.Name}: {context.Request.Method} {context.Request.Path}: {unexpected}");
            await SendAsync(context, new AwsError(500, service.Fault(isUnavailable: false).Type, $"{unexpected.GetType().Name}: {unexpected.Message}"));
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        await context.Request.Body.CopyToAsync(copy, context.RequestAborted);
        return copy.ToArray();
    }

    private static async Task SendAsync(HttpContext context, AwsError error)
    {
        if (context.Response.HasStarted) return;
        context.Response.Headers["x-amzn-ErrorType"] = error.Type;
        if (error.RetryAfterSeconds > 0) context.Response.Headers.RetryAfter = error.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        await SendAsync(context, error.Status, error.ToJson());
    }

    private static async Task SendAsync(HttpContext context, int status, JsonObject? body)
    {
        byte[] bytes = body is null ? [] : JsonTree.ToUtf8(body);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
