using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Faults;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Eks.Service;

/// <summary>
/// Lets the faults of the sandbox's plan strike requests to EKS. A fault's verb may be an operation's name, its group is
/// <c>eks.amazonaws.com</c>, its resource clusters, nodegroups or updates. TooManyRequests is a ThrottlingException,
/// ServerError a ServerException (or with 503 a ServiceUnavailableException), Refuse an AccessDeniedException; the reason
/// names another one.
/// </summary>
internal sealed class EksFaults(EksRegion region, CancellationToken stopping)
{
    /// <summary>True when the request is torn down by a fault.</summary>
    /// <exception cref="EksError">The fault is an answer of its own.</exception>
    public async Task<bool> StruckAsync(HttpContext context, EksRequest request, RequestInfo info)
    {
        if (Strike(request, info, FaultKind.Slow) is { } slow) await Task.Delay(slow.Delay, context.RequestAborted);
        SandboxFault? fault = Strike(request, info, FaultKind.TooManyRequests, FaultKind.ServerError, FaultKind.Refuse, FaultKind.Reset);
        switch (fault?.Kind)
        {
            case FaultKind.TooManyRequests:
                throw Error(request, fault, 429, "ThrottlingException", "Rate exceeded");
            case FaultKind.ServerError:
                bool unavailable = fault.StatusCode == 503;
                throw Error(request, fault, fault.StatusCode ?? 500, unavailable ? "ServiceUnavailableException" : "ServerException", unavailable ? "Service Unavailable" : "Internal server error");
            case FaultKind.Refuse:
                string arn = $"arn:aws:sts::{region.Settings.AccountId}:assumed-role/sandbox/sandbox";
                string resource = request.Cluster.Length == 0 ? "*" : region.Arn("eks", $"cluster/{request.Cluster}");
                throw Error(request, fault, fault.StatusCode ?? 403, "AccessDeniedException",
                    $"User: {arn} is not authorized to perform: eks:{request.Route.Operation} on resource: {resource} because no identity-based policy allows the eks:{request.Route.Operation} action");
            case FaultKind.Reset when fault.AfterBytes is { } bytes:
                context.Response.Body = new TornStream(context.Response.Body, bytes, () => FaultInjection.Tear(context));
                return false;
            case FaultKind.Reset:
                FaultInjection.Tear(context);
                return true;
            default:
                return false;
        }
    }

    /// <summary>True when the request has had its effect and is not answered: this returns when the client has given up.</summary>
    public async Task<bool> IsKeptFromAnswerAsync(HttpContext context, EksRequest request, RequestInfo info)
    {
        if (Strike(request, info, FaultKind.Unanswered) is null) return false;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
        return true;
    }

    private SandboxFault? Strike(EksRequest request, RequestInfo info, params FaultKind[] kinds) => region.Faults.Strike(request.Cluster, info, info.Name, hasContinue: false, kinds);

    private static EksError Error(EksRequest request, SandboxFault fault, int status, string type, string message) => new(status, fault.Reason ?? type, fault.Message ?? message)
    {
        Cluster = request.Cluster.Length == 0 ? null : request.Cluster,
        Nodegroup = request.Nodegroup.Length == 0 ? null : request.Nodegroup,
        RetryAfterSeconds = fault.Kind == FaultKind.TooManyRequests ? fault.RetryAfterSeconds : 0,
    };
}
