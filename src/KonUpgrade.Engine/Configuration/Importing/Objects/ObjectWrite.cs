using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// Writes one object. One that is absent costs one request: it is created at once, and the server tells when it was there
/// already.
/// </summary>
/// <param name="creation">Creates it.</param>
/// <param name="existing">What becomes of it where it is there.</param>
/// <param name="quotas">Where a create is charged before it is refused.</param>
/// <param name="preview">In a dry run, what a write would do.</param>
/// <param name="changes">What is told of it.</param>
/// <param name="writes">How many are written at once.</param>
/// <param name="options">How the import goes.</param>
internal sealed class ObjectWrite(
    ObjectCreation creation, ExistingObjects existing, Quotas quotas, ImportPreview preview, ImportChanges changes, SemaphoreSlim writes, ImportOptions options)
{
    /// <summary>Writes it, or in a dry run finds out what a write would do.</summary>
    /// <param name="item">The object.</param>
    /// <param name="resource">What it is written to.</param>
    /// <param name="body">As it is written.</param>
    /// <param name="judges">Who judges it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ClusterConfigChange> WriteAsync(
        ImportItem item, ApiResource resource, ImportWorkload body, BackEndState judges, CancellationToken cancellationToken)
    {
        await writes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return options.DryRun
                ? await preview.WriteAsync(item, resource, body, judges, () => CreateOrChangeAsync(item, resource, body, cancellationToken), cancellationToken).ConfigureAwait(false)
                : await CreateOrChangeAsync(item, resource, body, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writes.Release();
        }
    }

    /// <summary>What becomes of it where that needs no write: it is there, and is as it is to be or is left as it is.</summary>
    /// <returns>Null where it would have to be written.</returns>
    public async Task<ClusterConfigChange?> SettledAsync(ImportItem item, ApiResource resource, ImportWorkload body, CancellationToken cancellationToken)
    {
        await writes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await existing.BringAsync(item, resource, body, cancellationToken, mayWrite: false).ConfigureAwait(false);
        }
        finally
        {
            writes.Release();
        }
    }

    private async Task<ClusterConfigChange> CreateOrChangeAsync(ImportItem item, ApiResource resource, ImportWorkload body, CancellationToken cancellationToken)
    {
        // Where a quota counts, a create of what is there already would be charged before it is refused.
        if (await quotas.CountInAsync(item.Key.Namespace, cancellationToken).ConfigureAwait(false)
            && await existing.BringAsync(item, resource, body, cancellationToken).ConfigureAwait(false) is { } known)
        {
            return known;
        }
        // The second turn is for what was there, and was gone when it was looked at.
        for (var turn = 0; turn < 2; turn++)
        {
            KubernetesApiException? refusal = null;
            try
            {
                if (await creation.CreateAsync(item, resource, body, cancellationToken).ConfigureAwait(false) is { } created)
                    return created;
            }
            catch (KubernetesApiException e) when (e.StatusCode is 400 or 403 or 409 or 422)
            {
                // A quota, a port that is taken, a webhook: all are asked before a server sees that the object is there.
                refusal = e;
            }
            if (await LookAsync(item, resource, body, refusal, cancellationToken).ConfigureAwait(false) is { } there)
                return there;
            if (refusal is not null)
                throw refusal;
        }
        return changes.Failed(item, ImportFailures.Terminating(item, ", or is deleted and made again by somebody else"));
    }

    private async Task<ClusterConfigChange?> LookAsync(
        ImportItem item, ApiResource resource, ImportWorkload body, KubernetesApiException? refusal, CancellationToken cancellationToken)
    {
        try
        {
            return await existing.BringAsync(item, resource, body, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException e) when (refusal is not null && e.StatusCode == 403)
        {
            // It may not be read either: what the server said first tells more.
            return null;
        }
    }
}
