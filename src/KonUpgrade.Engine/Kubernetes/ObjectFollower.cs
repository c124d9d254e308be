using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// Follows one object by a watch until it is as it is wanted, or the time is over. Where nobody may watch, and where a watch
/// ends for good, it is looked at from time to time; that the server is away for a while is no end.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="reporter">Told why it is not watched.</param>
/// <param name="time">The clock.</param>
internal sealed class ObjectFollower(KubernetesClient client, IReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    /// <summary>Follows it.</summary>
    /// <param name="resource">Its kind.</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="look">Looks at it as it is now, or at null where it is not there: whether it is as it is wanted. It must not keep the object.</param>
    /// <param name="timeout">How long.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Whether it came to be so; and where it did not, why it could not be looked at last, if it could not.</returns>
    /// <exception cref="KubernetesApiException">It can't be looked at at all: no login, no right, no such kind.</exception>
    public async Task<(bool IsDone, string? Hindered)> FollowAsync(
        ApiResource resource, string @namespace, string name, Func<KubernetesObject?, bool> look, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        using var limit = new CancellationTokenSource(timeout, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            if (await WatchAsync(resource, @namespace, name, look, over.Token).ConfigureAwait(false))
                return (true, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over; a last look follows.
        }
        catch (KubernetesApiException e) when (e.Failure.Kind != FailureKind.Authentication)
        {
            reporter.Verbose($"{name} is not followed, and looked at from time to time. {e.Failure.Message}");
        }

        while (true)
        {
            string? hindered = null;
            try
            {
                using var now = await client.GetAsync(resource, @namespace, name, cancellationToken).ConfigureAwait(false);
                if (look(now))
                    return (true, null);
            }
            catch (KubernetesApiException e) when (e.Failure.Kind is FailureKind.Unavailable or FailureKind.LimitsExceeded or FailureKind.Timeout)
            {
                hindered = e.Failure.Message;
                reporter.Verbose($"{name} could not be looked at, and is asked for again. {e.Failure.Message}");
            }

            var left = timeout - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
                return (false, hindered);
            await Task.Delay(left < s_interval ? left : s_interval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> WatchAsync(ApiResource resource, string @namespace, string name, Func<KubernetesObject?, bool> look, CancellationToken cancellationToken)
    {
        var options = new WatchOptions { Namespace = @namespace, FieldSelector = $"metadata.name={name}" };
        var isThere = false;
        await foreach (var change in client.WatchAsync(resource, options, cancellationToken).ConfigureAwait(false))
        {
            using (change.Object)
            {
                if (change.Type == WatchEventType.Synced)
                {
                    if (!isThere && look(null))
                        return true;
                    continue;
                }

                isThere = change is { Type: not WatchEventType.Deleted, Object: not null };
                if (look(isThere ? change.Object : null))
                    return true;
            }
        }

        return false;
    }
}
