using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing;

/// <summary>Waits for things on the target that others need, each no longer than the import's timeout.</summary>
internal sealed class TargetWaits(KubernetesClient client, TargetServices services, ImportOptions options)
{
    /// <summary>Waits until an object is as it should be.</summary>
    /// <param name="resource">Its kind.</param>
    /// <param name="namespace">Its namespace, or null.</param>
    /// <param name="name">Its name.</param>
    /// <param name="whyNot">Says what it lacks; null when it is as it should be. It gets null where the object is not there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null, or what it still lacks when the time is over.</returns>
    public async Task<string?> UntilAsync(
        ApiResource resource, string? @namespace, string name, Func<KubernetesObject?, string?> whyNot, CancellationToken cancellationToken)
    {
        var policy = new RetryPolicy { MaxAttempts = int.MaxValue, BaseDelay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromSeconds(1), Deadline = options.Timeout };
        var backoff = new Backoff(policy, TimeProvider.System);
        while (true)
        {
            using var o = await client.GetAsync(resource, @namespace, name, cancellationToken).ConfigureAwait(false);
            if (whyNot(o) is not { } reason)
                return null;
            if (!backoff.TryNext(null, out var delay))
                return reason;
            await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until an object is gone: not there, or another one of the same name.</summary>
    public async Task<bool> IsGoneAsync(ApiResource resource, string? @namespace, string name, string? uid, CancellationToken cancellationToken) =>
        await UntilAsync(resource, @namespace, name, o => o is null || o.Uid != uid ? null : "it is there", cancellationToken).ConfigureAwait(false) is null;

    /// <summary>Waits until a Service has an endpoint that is ready.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public async Task<string?> ServiceIsReadyAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        if (services.Catalog.Find("", "v1", "Service") is { } kind)
        {
            using var service = await client.GetAsync(kind, @namespace, name, cancellationToken).ConfigureAwait(false);
            if (service is null)
                return "there is no such Service on the target";
            // An ExternalName leads out of the cluster, where nobody can look.
            if (Json.Text(Json.Member(service.Root, "spec"), "type") == "ExternalName")
                return null;
        }
        var policy = new RetryPolicy { MaxAttempts = int.MaxValue, BaseDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(2), Deadline = options.Timeout };
        var backoff = new Backoff(policy, TimeProvider.System);
        while (!await HasReadyEndpointAsync(@namespace, name, cancellationToken).ConfigureAwait(false))
        {
            if (!backoff.TryNext(null, out var delay))
                return $"it had no endpoint that was ready within {options.Timeout.TotalSeconds:0} s";
            await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
        }
        return null;
    }

    private async Task<bool> HasReadyEndpointAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        if (services.Catalog.FindPreferred("discovery.k8s.io", "EndpointSlice") is { } slices)
        {
            var ready = false;
            var list = new ListOptions { Namespace = @namespace, LabelSelector = $"kubernetes.io/service-name={name}" };
            await foreach (var slice in client.ListAsync(slices, list, cancellationToken).ConfigureAwait(false))
            {
                using (slice)
                {
                    // ready: not told means yes.
                    ready |= Json.Items(slice.Root, "endpoints").Any(e => Json.Member(Json.Member(e, "conditions"), "ready").ValueKind != System.Text.Json.JsonValueKind.False);
                }
            }
            if (ready)
                return true;
        }
        if (services.Catalog.Find("", "v1", "Endpoints") is not { } endpoints)
            return false;
        using var o = await client.GetAsync(endpoints, @namespace, name, cancellationToken).ConfigureAwait(false);
        return o is not null && Json.Items(o.Root, "subsets").Any(s => Json.Items(s, "addresses").Any());
    }
}
