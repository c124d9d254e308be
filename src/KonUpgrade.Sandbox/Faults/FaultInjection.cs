using System.Text.Json;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Faults;

/// <summary>Lets the faults of a plan strike the requests to a cluster.</summary>
/// <param name="faults">The plan.</param>
/// <param name="cluster">The cluster's name.</param>
internal sealed class FaultInjection(FaultPlan faults, string cluster)
{
    private static readonly object NameItem = new();

    /// <summary>True when the request is answered, or torn down, by a fault.</summary>
    /// <exception cref="ApiError">The fault is an answer of its own.</exception>
    public async Task<bool> StruckAsync(HttpContext context, RequestInfo info)
    {
        string name = info.Name;
        if (info.Verb == "create" && name.Length == 0 && faults.AsksForNames) name = await NameInBodyAsync(context.Request);
        context.Items[NameItem] = name;
        bool hasContinue = context.Request.Query.ContainsKey("continue");
        if (faults.Strike(cluster, info, name, hasContinue, FaultKind.Slow) is { } slow)
            await Task.Delay(slow.Delay, context.RequestAborted);
        SandboxFault? fault = faults.Strike(cluster, info, name, hasContinue, FaultKind.TooManyRequests, FaultKind.ServerError, FaultKind.Reset, FaultKind.Refuse);
        switch (fault?.Kind)
        {
            case FaultKind.TooManyRequests:
                throw ApiError.TooManyRequests(fault.RetryAfterSeconds);
            case FaultKind.ServerError:
                int code = fault.StatusCode ?? 500;
                throw new ApiError(code, fault.Reason ?? ReasonOf(code), fault.Message ?? "an error on the server has prevented the request from succeeding");
            case FaultKind.Refuse:
                int refusal = fault.StatusCode ?? 403;
                throw new ApiError(refusal, fault.Reason ?? ReasonOf(refusal), fault.Message ?? "admission webhook \"sandbox.example.com\" denied the request: refused by the sandbox")
                {
                    Group = info.Group,
                    Kind = info.Resource,
                    Name = name,
                };
            case FaultKind.Reset when fault.AfterBytes is { } bytes:
                context.Response.Body = new TornStream(context.Response.Body, bytes, () => Tear(context));
                return false;
            case FaultKind.Reset:
                Tear(context);
                return true;
            default:
                return false;
        }
    }

    /// <summary>True when the request has had its effect and is not answered: this returns when the client has given up.</summary>
    public async Task<bool> IsKeptFromAnswerAsync(HttpContext context, RequestInfo info, CancellationToken stopping)
    {
        string name = context.Items.TryGetValue(NameItem, out object? found) && found is string text ? text : info.Name;
        if (faults.Strike(cluster, info, name, context.Request.Query.ContainsKey("continue"), FaultKind.Unanswered) is null) return false;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
        return true;
    }

    internal static void Tear(HttpContext context)
    {
        context.Features.Get<IConnectionLifetimeFeature>()?.Abort();
        context.Abort();
    }

    private static string ReasonOf(int code) => code switch
    {
        400 => "BadRequest",
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        422 => "Invalid",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "InternalError",
    };

    private static async Task<string> NameInBodyAsync(HttpRequest request)
    {
        request.EnableBuffering();
        try
        {
            using var copy = new MemoryStream();
            await request.Body.CopyToAsync(copy, request.HttpContext.RequestAborted);
            using var body = JsonDocument.Parse(copy.ToArray());
            return body.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind == JsonValueKind.Object
                && metadata.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : string.Empty;
        }
        catch (JsonException)
        {
            return string.Empty;
        }
        finally
        {
            request.Body.Position = 0;
        }
    }
}
