using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Workloads;

/// <summary>Puts right who owns which fields of an object that was just written, however often somebody else changes it meanwhile.</summary>
internal sealed class OwnershipWriter(KubernetesClient client, TimeProvider time)
{
    /// <summary>Writes, and looks again after each conflict, until the patch fits or nothing is left to be put right.</summary>
    /// <param name="resource">What the object was written to.</param>
    /// <param name="seen">The object as it was written.</param>
    /// <param name="patchOf">The JSON merge patch for the object as it is; null where there is nothing to be put right.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether it wrote: nothing is written where nothing is left to be put right, and where the object is gone or another one of its name.</returns>
    public async Task<bool> WriteAsync(ApiResource resource, KubernetesObject seen, Func<KubernetesObject, byte[]?> patchOf, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(RetryPolicy.Conflicts, time);
        var live = seen;
        try
        {
            while (patchOf(live) is { } patch)
            {
                TimeSpan delay;
                try
                {
                    var write = new WriteOptions { FieldManager = OurFieldManager.Name };
                    using var owned = await client.PatchAsync(resource, seen.Namespace, seen.Name, PatchKind.Merge, patch, write, cancellationToken).ConfigureAwait(false);
                    return true;
                }
                catch (KubernetesApiException e) when (e.StatusCode == 409 && backoff.TryNext(e.RetryAfter, out delay))
                {
                    // Somebody has changed it in between, as a controller does with what is new.
                }
                await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
                var again = await client.GetAsync(resource, seen.Namespace, seen.Name, cancellationToken).ConfigureAwait(false);
                if (again is null)
                    return false;
                if (live != seen)
                    live.Dispose();
                live = again;
                // Another one of the name is nobody's business here.
                if (live.Uid != seen.Uid)
                    return false;
            }

            return false;
        }
        finally
        {
            if (live != seen)
                live.Dispose();
        }
    }
}
