using System.Collections.Concurrent;

namespace KonUpgrade.Engine.Foundation.Streams;

/// <summary>
/// What is read when it is first needed, once for all who need it. A reading that failed fails those who
/// waited for it and no others: the next one reads again.
/// </summary>
internal sealed class ReadOnce<TKey, TValue>(Func<TKey, CancellationToken, Task<TValue>> read)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TValue>>> _read = new();

    /// <summary>What was read, or is being read.</summary>
    public async Task<TValue> GetAsync(TKey key, CancellationToken cancellationToken)
    {
        var entry = _read.GetOrAdd(key, k => new Lazy<Task<TValue>>(() => read(k, cancellationToken)));
        try
        {
            return await entry.Value.ConfigureAwait(false);
        }
        catch
        {
            _read.TryRemove(KeyValuePair.Create(key, entry));
            throw;
        }
    }

    /// <summary>Forgets everything: the next ones read again.</summary>
    public void Forget() => _read.Clear();
}

/// <summary>One thing that is read when it is first needed, once for all who need it.</summary>
/// <inheritdoc cref="ReadOnce{TKey,TValue}"/>
internal sealed class ReadOnce<TValue>(Func<CancellationToken, Task<TValue>> read)
{
    private readonly object _lock = new();
    private Task<TValue>? _read;

    /// <summary>What was read, or is being read.</summary>
    public async Task<TValue> GetAsync(CancellationToken cancellationToken)
    {
        Task<TValue> reading;
        lock (_lock)
            reading = _read ??= read(cancellationToken);
        try
        {
            return await reading.ConfigureAwait(false);
        }
        catch
        {
            Forget(reading);
            throw;
        }
    }

    /// <summary>Forgets it: the next one reads again.</summary>
    public void Forget()
    {
        lock (_lock)
            _read = null;
    }

    private void Forget(Task<TValue> failed)
    {
        lock (_lock)
        {
            if (_read == failed)
                _read = null;
        }
    }
}
