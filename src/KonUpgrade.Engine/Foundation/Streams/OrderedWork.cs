using System.Runtime.CompilerServices;

namespace KonUpgrade.Engine.Foundation.Streams;

/// <summary>Work on many things by several threads, whose results come in the things' order.</summary>
internal static class OrderedWork
{
    /// <summary>Works. Nothing is begun that nobody waits for, and nothing goes on when the reader has stopped.</summary>
    /// <param name="source">The things.</param>
    /// <param name="work">What is done with each.</param>
    /// <param name="atOnce">How many are under way, or done and not taken yet, at the same time.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async IAsyncEnumerable<TResult> RunAsync<T, TResult>(
        IEnumerable<T> source, Func<T, CancellationToken, Task<TResult>> work, int atOnce, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Queue<Task<TResult>>(atOnce);
        try
        {
            foreach (var one in source)
            {
                cancellationToken.ThrowIfCancellationRequested();
                running.Enqueue(Task.Run(() => work(one, stop.Token), CancellationToken.None));
                if (running.Count >= atOnce)
                    yield return await Next(running).ConfigureAwait(false);
            }

            while (running.Count > 0)
                yield return await Next(running).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // It stays in the queue until it has ended, so that it is waited for however this ends.
    private static async Task<TResult> Next<TResult>(Queue<Task<TResult>> running)
    {
        var result = await running.Peek().ConfigureAwait(false);
        _ = running.Dequeue();
        return result;
    }
}
