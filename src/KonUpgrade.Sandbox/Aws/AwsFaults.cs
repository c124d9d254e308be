using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Aws;

/// <summary>
/// Lets the faults of the sandbox's plan strike requests to services of AWS. A fault's verb may be an operation's name, its
/// group is <c>eks.amazonaws.com</c> or another service's, its resource such as nodegroups, backup-jobs or roles.
/// TooManyRequests is a ThrottlingException, ServerError the service's own fault (with 503, that it is unavailable), Refuse
/// an AccessDeniedException; the reason names another one. Services of the query protocol call them by their own names.
/// </summary>
internal sealed class AwsFaults(FaultPlan plan, Func<AwsKey> key, CancellationToken stopping)
{
    /// <summary>True when the request is torn down by a fault.</summary>
    /// <exception cref="AwsError">The fault is an answer of its own.</exception>
    public async Task<bool> StruckAsync(HttpContext context, IAwsService service, IAwsRequest request, RequestInfo info)
    {
        if (Strike(request, info, FaultKind.Slow) is { } slow) await Task.Delay(slow.Delay, context.RequestAborted);
        SandboxFault? fault = Strike(request, info, FaultKind.TooManyRequests, FaultKind.ServerError, FaultKind.Refuse, FaultKind.Reset);
        switch (fault?.Kind)
        {
            case FaultKind.TooManyRequests:
                throw Error(request, fault, 429, "ThrottlingException", "Rate exceeded");
            case FaultKind.ServerError:
                (string type, string message) = service.Fault(isUnavailable: fault.StatusCode == 503);
                throw Error(request, fault, fault.StatusCode ?? 500, type, message);
            case FaultKind.Refuse:
                string arn = $"arn:aws:sts::{key().AccountId}:assumed-role/sandbox/sandbox", right = $"{service.Name}:{request.Operation}";
                throw Error(request, fault, fault.StatusCode ?? 403, "AccessDeniedException",
                    $"User: {arn} is not authorized to perform: {right} on resource: {request.Arn} because no identity-based policy allows the {right} action");
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
    public async Task<bool> IsKeptFromAnswerAsync(HttpContext context, IAwsRequest request, RequestInfo info)
    {
        if (Strike(request, info, FaultKind.Unanswered) is null) return false;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Task.Delay(Timeout.Infinite, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
        return true;
    }

    private SandboxFault? Strike(IAwsRequest request, RequestInfo info, params FaultKind[] kinds) => plan.Strike(request.Cluster, info, info.Name, hasContinue: false, kinds);

    private static AwsError Error(IAwsRequest request, SandboxFault fault, int status, string type, string message)
        => request.Error(status, fault.Reason ?? type, fault.Message ?? message, fault.Kind == FaultKind.TooManyRequests ? fault.RetryAfterSeconds : 0);
}
