namespace KonUpgrade.Engine.Foundation.Streams;

/// <summary>Pieces of work that end together: the first that fails stops the others, and its failure is the one that is told.</summary>
internal static class JointWork
{
    /// <summary>Runs them side by side, and waits for all of them however they end.</summary>
    /// <param name="works">The pieces of work; each ends when <paramref name="stop"/> is cancelled.</param>
    /// <param name="stop">What they are stopped by.</param>
    public static async Task RunAsync(IEnumerable<Func<Task>> works, CancellationTokenSource stop)
    {
        var running = works.Select(work => GuardAsync(work, stop)).ToList();
        var ended = Task.WhenAll(running);
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // A failure, and not the cancellation that it was to the others.
        await (running.Find(task => task.IsFaulted) ?? ended).ConfigureAwait(false);
    }

    private static async Task GuardAsync(Func<Task> work, CancellationTokenSource stop)
    {
        try
        {
            await Task.Run(work, CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
