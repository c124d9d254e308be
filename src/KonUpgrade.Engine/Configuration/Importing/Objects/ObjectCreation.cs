using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>Creates objects that are absent, each in the name of whoever owns it on the source.</summary>
internal sealed class ObjectCreation(
    KubernetesClient client, ImportOwnership ownership, CustomResources customResources, ImportLedger ledger, ImportChanges changes, ImportOptions options)
{
    private static readonly RetryPolicy s_settling = new()
    {
        MaxAttempts = 100,
        BaseDelay = TimeSpan.FromMilliseconds(100),
        MaxDelay = TimeSpan.FromSeconds(1),
        Deadline = TimeSpan.FromSeconds(20),
    };

    /// <summary>Creates the object under the name and operation that own it on the source.</summary>
    /// <returns>Null where it is there already.</returns>
    public async Task<ClusterConfigChange?> CreateAsync(ImportItem item, ApiResource resource, ImportWorkload body, CancellationToken cancellationToken)
    {
        var owner = item.File?.Owner;
        var manager = ImportOwner.ManagerOf(item);
        var write = new WriteOptions { FieldManager = manager, DryRun = options.DryRun, FieldValidation = FieldValidation.Strict };
        try
        {
            string? note = null;
            using var created = await SettledAsync(
                item,
                async () =>
                {
                    if (owner?.Operation != "Apply" || note is not null)
                        return await client.CreateAsync(resource, item.Key.Namespace, body.Created, write, cancellationToken).ConfigureAwait(false);
                    try
                    {
                        return await client.CreateByApplyAsync(resource, item.Key.Namespace, body.Created, write, cancellationToken).ConfigureAwait(false);
                    }
                    catch (KubernetesApiException e) when (e.Failure.Id == "NotAppliable" && e.Failure.Message.Contains("duplicate entries for key", StringComparison.Ordinal))
                    {
                        // Lists may hold an entry twice, as long as nobody applies them.
                        note = $"{manager} owns it by update and not by apply, since it holds entries twice{(changes.IsSensitive(item) ? "." : $": {e.Failure.Message}")}";
                        return await client.CreateAsync(resource, item.Key.Namespace, body.Created, write, cancellationToken).ConfigureAwait(false);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            var change = changes.Of(item, resource.ApiVersion, ClusterConfigChangeAction.Created) with { FieldManager = manager, Uid = created.Uid, Reason = note };
            if (options.DryRun)
                return change with { Fields = MadeOf(item, body.Created, created) };
            var creator = new FieldManager(manager, owner?.Operation == "Apply" && note is null ? "Apply" : "Update");
            return await ownership.OfCreatedAsync(item, resource, created, creator, cancellationToken).ConfigureAwait(false) is { } left
                ? change with { Reason = Sentences.Join(change.Reason, left) }
                : change;
        }
        catch (KubernetesApiException e) when (e.StatusCode == 409 && (e.Reason == "AlreadyExists" || (owner?.Operation == "Apply" && e.Reason == "Conflict")))
        {
            return null;
        }
    }

    // What the server would make of it: the fields that it would set or change beside those that were sent.
    private IReadOnlyList<FieldDifference> MadeOf(ImportItem item, ReadOnlyMemory<byte> sent, KubernetesObject made)
    {
        using var o = KubernetesObject.Parse(sent);
        return FieldComparison.Compare(o.Root, made.Root, FieldComparisonOptions.Whole with { HideValues = changes.IsSensitive(item) });
    }

    // What comes with the same import may take a server a moment: a kind that not every API server of a cluster serves
    // yet, a quota that nobody has counted yet.
    private async Task<KubernetesObject> SettledAsync(ImportItem item, Func<Task<KubernetesObject>> send, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(s_settling, TimeProvider.System);
        while (true)
        {
            TimeSpan delay;
            try
            {
                return await send().ConfigureAwait(false);
            }
            catch (KubernetesApiException e) when (!options.DryRun
                && ((e.Failure.Id == "ResourceNotServed" && customResources.ComesWithTheImport(item))
                    || (e.StatusCode == 403 && e.Failure.Message.Contains("status unknown for quota", StringComparison.Ordinal))
                    // A namespace gets its default ServiceAccount from a controller, a moment after it is there.
                    || (e.StatusCode == 403 && e.Failure.Message.Contains("error looking up service account", StringComparison.Ordinal) && ledger.IsNamespaceNew(item))
                    // Many at once charge the same quota, and the last ones find it changed.
                    || (e.StatusCode == 409 && e.Failure.Message.Contains("resourcequotas", StringComparison.Ordinal)))
                && backoff.TryNext(e.RetryAfter, out delay))
            {
            }
            await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
        }
    }
}
