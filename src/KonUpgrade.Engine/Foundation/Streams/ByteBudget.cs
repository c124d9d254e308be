namespace KonUpgrade.Engine.Foundation.Streams;

/// <summary>
/// How many bytes many tasks may have in hand together. Whoever comes first goes first; what is larger than the whole
/// budget goes alone.
/// </summary>
internal sealed class ByteBudget(long limit)
{
    private readonly object _gate = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Turn)> _waiting = new();
    private long _taken;

    /// <summary>Takes some, and waits until there is room. What comes back gives it back when it is disposed of.</summary>
    public async ValueTask<Share> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (_waiting.Count == 0 && Fits(bytes))
            {
                _taken += bytes;
                return new Share(this, bytes);
            }
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, turn));
        }
        await using var cancelling = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken)).ConfigureAwait(false);
        await turn.Task.ConfigureAwait(false);
        return new Share(this, bytes);
    }

    private bool Fits(long bytes) => _taken == 0 || _taken + bytes <= limit;

    private void Give(long bytes)
    {
        lock (_gate)
        {
            _taken -= bytes;
            while (_waiting.TryPeek(out var next) && Fits(next.Bytes))
            {
                _waiting.Dequeue();
                // One that was cancelled takes nothing.
                if (next.Turn.TrySetResult())
                    _taken += next.Bytes;
            }
        }
    }

    /// <summary>What somebody has in hand.</summary>
    public struct Share(ByteBudget budget, long bytes) : IDisposable
    {
        private ByteBudget? _budget = budget;

        /// <inheritdoc/>
        public void Dispose()
        {
            _budget?.Give(bytes);
            _budget = null;
        }
    }
}
