using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>Waits for things on the target that others need, each no longer than the import's timeout.</summary>
internal sealed class TargetWaits(KubernetesClient client, TargetServices services, ImportOptions options)
{
    private static readonly RetryPolicy s_polling = new() { MaxAttempts = int.MaxValue, BaseDelay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(2) };

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
        string? reason = null;
        bool isDone;
        try
        {
            isDone = await UntilAsync(
                resource,
                new WatchOptions { Namespace = @namespace, FieldSelector = $"metadata.name={name}" },
                (type, o) =>
                {
                    // Before the list was read to its end, that nothing came says nothing.
                    if (type == WatchEventType.Synced && reason is not null)
                        return false;
                    reason = whyNot(type is WatchEventType.Deleted or WatchEventType.Synced ? null : o);
                    return reason is null;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403)
        {
            // A login may get an object and neither list nor watch its kind.
            isDone = await PollAsync(resource, @namespace, name, o => (reason = whyNot(o)) is null, cancellationToken).ConfigureAwait(false);
        }
        // Without any answer there is no reason either, and that is no success.
        return isDone ? null : reason ?? $"the target did not tell about it within {options.Timeout.TotalSeconds:0.###} s";
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
            if (service.Root.Member("spec").Text("type") == "ExternalName")
                return null;
        }
        if (services.Catalog.FindPreferred("discovery.k8s.io", "EndpointSlice") is not { } slices)
            return "the target serves no EndpointSlices, by which to tell whether it has endpoints";
        var ready = await UntilAsync(
            slices,
            new WatchOptions { Namespace = @namespace, LabelSelector = $"kubernetes.io/service-name={name}" },
            (type, slice) => type is WatchEventType.Added or WatchEventType.Modified && EndpointSlices.HasReady(slice!),
            cancellationToken).ConfigureAwait(false);
        return ready ? null : $"it had no endpoint that was ready within {options.Timeout.TotalSeconds:0} s";
    }

    /// <summary>What a Service lacks to answer right now; null where nothing.</summary>
    public async Task<ServiceLack?> ServiceLacksAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        if (services.Catalog.Find("", "v1", "Service") is { } kind)
        {
            using var service = await client.GetAsync(kind, @namespace, name, cancellationToken).ConfigureAwait(false);
            if (service is null)
                return new ServiceLack("there is no such Service on the target", IsMissing: true);
            if (service.Root.Member("spec").Text("type") == "ExternalName")
                return null;
        }
        if (services.Catalog.FindPreferred("discovery.k8s.io", "EndpointSlice") is not { } slices)
            return null;
        var ready = false;
        await foreach (var slice in client.ListAsync(slices, new ListOptions { Namespace = @namespace, LabelSelector = $"kubernetes.io/service-name={name}" }, cancellationToken).ConfigureAwait(false))
        {
            using (slice)
                ready |= EndpointSlices.HasReady(slice);
        }
        return ready ? null : new ServiceLack("it has no endpoint that is ready", IsMissing: false);
    }

    /// <returns>False when the time is over.</returns>
    private async Task<bool> PollAsync(ApiResource resource, string? @namespace, string name, Func<KubernetesObject?, bool> isDone, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(s_polling with { Deadline = options.Timeout }, TimeProvider.System);
        while (true)
        {
            using (var o = await client.GetAsync(resource, @namespace, name, cancellationToken).ConfigureAwait(false))
            {
                if (isDone(o))
                    return true;
            }
            if (!backoff.TryNext(null, out var delay))
                return false;
            await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>False when the time is over.</returns>
    private async Task<bool> UntilAsync(ApiResource resource, WatchOptions watch, Func<WatchEventType, KubernetesObject?, bool> isDone, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(options.Timeout);
        try
        {
            await foreach (var change in client.WatchAsync(resource, watch, limited.Token).ConfigureAwait(false))
            {
                using (change.Object)
                {
                    if (isDone(change.Type, change.Object))
                        return true;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time that one thing may take is over.
        }
        return false;
    }
}
