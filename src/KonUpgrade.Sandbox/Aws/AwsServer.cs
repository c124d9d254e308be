using System.Globalization;
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
        string id = Guid.NewGuid().ToString();
        context.Response.Headers["x-amzn-RequestId"] = id;
        string? meant = Signature.ServiceOf(context.Request);
        IAwsService service = services.FirstOrDefault(each => each.Name == meant) ?? services[0];
        try
        {
            byte[] body = await ReadAsync(context);
            Signature.Check(context.Request, body, key(), service);
            IAwsRequest request = service.Read(context.Request, body);
            RequestInfo info = request.ToInfo(context.Request.Path.Value ?? "/");
            if (await _faults.StruckAsync(context, service, request, info)) return;
            AwsAnswer answer = request.Serve();
            if (await _faults.IsKeptFromAnswerAsync(context, request, info)) return;
            await SendAsync(context, answer);
        }
        catch (AwsError error)
        {
            await SendAsync(context, error, service.Tell(error, id));
        }
        catch (Exception gone) when (ClientGone.Is(context, gone))
        {
        }
        catch (Exception unexpected) when (!context.Response.HasStarted)
        {
            // A fault of the sandbox itself: told as the service tells one, with enough to find it.
            await log.WriteLineAsync($"{service.Name}: {context.Request.Method} {context.Request.Path}: {unexpected}");
            var error = new AwsError(500, service.Fault(isUnavailable: false).Type, $"{unexpected.GetType().Name}: {unexpected.Message}");
            await SendAsync(context, error, service.Tell(error, id));
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        await context.Request.Body.CopyToAsync(copy, context.RequestAborted);
        return copy.ToArray();
    }

    private static async Task SendAsync(HttpContext context, AwsError error, AwsAnswer answer)
    {
        if (context.Response.HasStarted) return;
        if (answer.IsJson) context.Response.Headers["x-amzn-ErrorType"] = error.Type;
        if (error.RetryAfterSeconds > 0) context.Response.Headers.RetryAfter = error.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        await SendAsync(context, answer);
    }

    private static async Task SendAsync(HttpContext context, AwsAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = answer.Body.Length;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
