using System.Collections.Concurrent;
using System.Threading.Channels;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing;

/// <summary>
/// Objects of one position on their way: workers take them from a queue, into which those that waited come back: for an
/// owner when that is final, for a back end when more is known of it. No worker stands still meanwhile.
/// </summary>
internal sealed class ImportQueue
{
    private readonly Channel<(ImportItem Item, Failure? Failure)> _queue = Channel.CreateUnbounded<(ImportItem Item, Failure? Failure)>();
    private readonly ConcurrentBag<Task> _aside = [];
    private readonly Process _process;
    private int _open;

    private ImportQueue(Process process, int open)
    {
        _process = process;
        _open = open;
    }

    /// <summary>Brings one object in.</summary>
    /// <param name="item">The object.</param>
    /// <param name="failure">Why what it waited for failed, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The objects that waited for this one; or what it waits for itself, which leaves it open.</returns>
    public delegate Task<(IReadOnlyList<ImportItem> Released, Task? Pending)> Process(ImportItem item, Failure? failure, CancellationToken cancellationToken);

    /// <summary>Brings the objects from <paramref name="begin"/> to before <paramref name="end"/> in.</summary>
    public static async Task RunAsync(IReadOnlyList<ImportItem> items, int begin, int end, int workers, Process process, CancellationToken cancellationToken)
    {
        var queue = new ImportQueue(process, end - begin);
        for (var i = begin; i < end; i++)
            queue._queue.Writer.TryWrite((items[i], null));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await JointWork.RunAsync(Enumerable.Repeat(() => queue.WorkAsync(stop.Token), Math.Clamp(workers, 1, end - begin)), stop).ConfigureAwait(false);
        }
        finally
        {
            await Task.WhenAll(queue._aside).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await foreach (var (item, failure) in _queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            var (released, pending) = await _process(item, failure, cancellationToken).ConfigureAwait(false);
            if (pending is not null)
            {
                _aside.Add(ComeBackAsync(item, pending, cancellationToken));
                continue;
            }
            foreach (var other in released)
            {
                Interlocked.Increment(ref _open);
                _queue.Writer.TryWrite((other, null));
            }
            if (Interlocked.Decrement(ref _open) == 0)
                _queue.Writer.TryComplete();
        }
    }

    private async Task ComeBackAsync(ImportItem item, Task pending, CancellationToken cancellationToken)
    {
        Failure? failure = null;
        try
        {
            await pending.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            failure = e.Failure;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody would come back for it, and the others would wait for ever.
            _queue.Writer.TryComplete(e);
            return;
        }
        _queue.Writer.TryWrite((item, failure));
    }
}
