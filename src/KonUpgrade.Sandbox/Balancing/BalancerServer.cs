using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Balancing;

/// <summary>
/// Answers in the stead of a cluster's load balancers, over plain HTTP: 200 with the cluster's name for a host that one of
/// them serves, else 404. Faults strike it as <c>get</c> of <c>hosts</c> in the group <c>load-balancer</c>.
/// </summary>
internal sealed class BalancerServer(BalancerLoop loop, FaultPlan faults)
{
    private readonly FaultInjection _faults = new(faults, loop.Cluster);

    public async Task AnswerAsync(HttpContext context)
    {
        string host = context.Request.Host.Host.ToLowerInvariant();
        var info = new RequestInfo { Verb = "get", Path = context.Request.Path.Value ?? "/", IsResource = true, Group = "load-balancer", Resource = "hosts", Name = host };
        try
        {
            if (await _faults.StruckAsync(context, info)) return;
            int status = loop.Balancers.Any(balancer => balancer.Serves(host)) ? 200 : 404;
            await new Answer(status, new JsonObject { ["cluster"] = loop.Cluster, ["host"] = host }).SendAsync(context);
        }
        catch (ApiError struck)
        {
            await Answer.Of(struck).SendAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone: nobody is left to answer.
        }
    }
}
