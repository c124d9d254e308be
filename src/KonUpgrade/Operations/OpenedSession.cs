using KonUpgrade.Engine.Upgrades.Running;

namespace KonUpgrade.Operations;

/// <summary>What an upgrade runs with, and what of it has to be closed.</summary>
internal sealed class OpenedSession : IAsyncDisposable
{
    private readonly Stack<object> _kept = new();

    /// <summary>The session.</summary>
    public UpgradeSession Session { get; set; } = null!;

    /// <summary>Remembers to close something.</summary>
    public T Keep<T>(T one)
    {
        if (one is not null)
            _kept.Push(one);
        return one;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_kept.TryPop(out var one))
        {
            if (one is IAsyncDisposable async)
                await async.DisposeAsync().ConfigureAwait(false);
            else
                (one as IDisposable)?.Dispose();
        }
    }
}
