using System.Text.Json;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// One create, by POST or by an apply that may only create. It is not repeated blindly: after a try of which nobody knows
/// whether it took effect, the object is looked for, and taken for ours when its creation bears our field manager and is
/// not older than our first try.
/// </summary>
internal sealed class CreateOperation(
    KubernetesClient client, ApiTransport transport, ApiResource resource, string? @namespace, ReadOnlyMemory<byte> json, WriteOptions options, bool byApply,
    IReporter reporter)
{
    // creationTimestamp has whole seconds, as has the Date header that tells us the server's clock.
    private static readonly TimeSpan ClockGrain = TimeSpan.FromSeconds(3);

    public async Task<KubernetesObject> RunAsync(CancellationToken cancellationToken)
    {
        string? name;
        using (var read = KubernetesObject.Parse(json))
            name = read.Name.Length > 0 ? read.Name : null;
        var what = ResourcePath.Describe(resource, @namespace, name);
        var request = byApply ? CreateOnlyApply.Request(resource, @namespace, name ?? "", json, options) : new ApiRequest
        {
            Method = HttpMethod.Post,
            Path = KubernetesClient.Written(ResourcePath.Of(resource, @namespace), options).ToString(),
            Action = $"create {what}",
            Target = what,
            Body = json,
            // A dry run changes nothing, however often.
            Repeatable = options.DryRun,
        };
        var began = transport.Endpoint.Time.GetUtcNow();
        Backoff? backoff = null;
        while (true)
        {
            KubernetesApiException unsure;
            try
            {
                return await client.SendAsync(request, resource, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesApiException e) when (e.Outcome == CallOutcome.Unknown && name is not null && !options.DryRun)
            {
                unsure = e;
            }
            catch (KubernetesApiException e) when ((e.Reason == "AlreadyExists" || (byApply && e.Reason == "Conflict")) && backoff is not null && name is not null)
            {
                // Perhaps it was our own first try that came through late.
                unsure = e;
            }
            reporter.Verbose($"{request.Told(unsure)}; looking whether it was created all the same");
            var found = await client.GetAsync(resource, @namespace, name!, cancellationToken).ConfigureAwait(false);
            if (found is not null)
            {
                if (IsOurs(found, began))
                    return found;
                found.Dispose();
                throw unsure.Reason == "AlreadyExists" ? unsure : new KubernetesApiException(
                    new Failure
                    {
                        Id = "AlreadyExists",
                        Kind = FailureKind.AlreadyExists,
                        Message = $"{request.Action} on {client.Target}: it exists, and was not made by this call",
                        Target = what,
                    },
                    unsure)
                {
                    StatusCode = 409,
                    Reason = "AlreadyExists",
                    DetailsName = name,
                };
            }
            backoff ??= new Backoff(transport.Endpoint.Retry, transport.Endpoint.Time);
            if (!backoff.TryNext(unsure.RetryAfter, out var delay))
                throw unsure;
            await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsOurs(KubernetesObject found, DateTimeOffset began)
    {
        if (found.Metadata.ValueKind != JsonValueKind.Object
            || found.Metadata.Time("creationTimestamp") is not { } created
            || created < began + (transport.ClockDifference ?? TimeSpan.Zero) - ClockGrain)
        {
            return false;
        }
        return found.Metadata.TryGetProperty("managedFields", out var managers) && managers.ValueKind == JsonValueKind.Array
            && managers.EnumerateArray().Any(m => m.Text("manager") == options.FieldManager && m.Text("operation") == (byApply ? "Apply" : "Update"));
    }
}
