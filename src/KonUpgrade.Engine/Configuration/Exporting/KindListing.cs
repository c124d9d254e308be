using System.Threading.Channels;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>Lists the kinds of a plan, some at a time, and hands their objects on in batches.</summary>
internal sealed class KindListing(KubernetesClient client, ListPlan plan, ExportTally tally, IReporter reporter)
{
    /// <summary>Lists all kinds. A kind that can't be listed is noted, and the others go on.</summary>
    public Task RunAsync(ChannelWriter<ObjectBatch> output, int throttle, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        plan.Kinds,
        new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, throttle), CancellationToken = cancellationToken },
        async (kind, token) => await ListAsync(kind, output, token).ConfigureAwait(false));

    private async Task ListAsync(KindPlan kind, ChannelWriter<ObjectBatch> output, CancellationToken cancellationToken)
    {
        long count = 0;
        try
        {
            UpgradeException? untold = null;
            foreach (var list in kind.Lists)
            {
                try
                {
                    count += kind.WholeKindReason is null
                        ? await PassOnAsync(kind, list, output, cancellationToken).ConfigureAwait(false)
                        : await CountAsync(kind, list, cancellationToken).ConfigureAwait(false);
                }
                catch (UpgradeException exception) when (SelectionFailures.IsOnlyUntold(kind, exception))
                {
                    untold = exception;
                }
            }

            if (untold is not null)
            {
                tally.Untold(kind, $"They are not exported unless that is asked for (-Secret Encrypt or Include), and could not be listed: {untold.Failure.Id}.");
                reporter.Warning($"{client.Target}: {SelectionFailures.Untold(kind, untold)}");
                return;
            }
            tally.Listed(kind, count);
            reporter.Verbose($"{client.Target}: {kind.Resource}: {count} objects");
        }
        catch (KubernetesApiException exception) when (exception.StatusCode == 404 && kind.WholeKindReason is null)
        {
            if (await UnservedKinds.IsUnservedAsync(client, kind.Resource, cancellationToken).ConfigureAwait(false))
            {
                // Its definition was deleted since discovery, so there is nothing of it any more.
                tally.Listed(kind, count: 0);
                reporter.Verbose($"{client.Target}: {kind.Resource}: is no longer served");
            }
            else
            {
                Failed(kind, exception);
            }
        }
        catch (UpgradeException exception) when (kind.WholeKindReason is not null)
        {
            // Nothing of the kind would have travelled: that it can't be counted does not make the export less complete.
            tally.LeftOut(kind, count: 0, $"{kind.WholeKindReason} They could not be counted: {exception.Failure.Id}.");
            reporter.Verbose($"{client.Target}: {kind.Resource}: not counted: {exception.Failure.Message}");
        }
        catch (UpgradeException exception)
        {
            Failed(kind, exception);
        }
    }

    private void Failed(KindPlan kind, UpgradeException exception)
    {
        tally.Failed(exception.Failure with { Target = exception.Failure.Target ?? kind.Resource.ToString() });
        reporter.Verbose($"{client.Target}: {kind.Resource}: {exception.Failure.Message}");
    }

    private async Task<long> CountAsync(KindPlan kind, ListOptions list, CancellationToken cancellationToken)
    {
        long count = 0;
        await foreach (var o in client.ListAsync(kind.Resource, list, cancellationToken).ConfigureAwait(false))
        {
            using (o)
            {
                if (kind.Includes(o))
                    count++;
            }
        }

        if (count > 0)
            tally.LeftOut(kind, count, kind.WholeKindReason!);
        return count;
    }

    private async Task<long> PassOnAsync(KindPlan kind, ListOptions list, ChannelWriter<ObjectBatch> output, CancellationToken cancellationToken)
    {
        long count = 0;
        var batch = new ObjectBatch(kind);
        try
        {
            await foreach (var o in client.ListAsync(kind.Resource, list, cancellationToken).ConfigureAwait(false))
            {
                count++;
                batch.Add(o);
                if (!batch.IsFull)
                    continue;
                await output.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                batch = new ObjectBatch(kind);
            }
        }
        catch (UpgradeException)
        {
            // What came before the list broke off is good: it is exported, and the kind is told as failed.
            await HandOverAsync(batch, output, cancellationToken).ConfigureAwait(false);
            throw;
        }
        catch
        {
            batch.Dispose();
            throw;
        }

        await HandOverAsync(batch, output, cancellationToken).ConfigureAwait(false);
        return count;
    }

    private static async Task HandOverAsync(ObjectBatch batch, ChannelWriter<ObjectBatch> output, CancellationToken cancellationToken)
    {
        if (batch.Objects.Count == 0)
            return;
        try
        {
            await output.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }
}
