using System.Collections.Concurrent;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Reading;

/// <summary>What a reading has come to so far. All threads tell it.</summary>
internal sealed class ReadTally
{
    private readonly ConcurrentDictionary<(string Kind, string Reason), long> _leftOut = new();
    private readonly ConcurrentQueue<Failure> _failures = new();
    private long _read;

    /// <summary>How many objects were read and given.</summary>
    public long Read => Interlocked.Read(ref _read);

    /// <summary>What went wrong.</summary>
    public IReadOnlyList<Failure> Failures => [.. _failures];

    /// <summary>An object was read.</summary>
    public void Took() => Interlocked.Increment(ref _read);

    /// <summary>An object, or a part of one, was left out.</summary>
    public void LeftOut(string kind, string reason) => _leftOut.AddOrUpdate((kind, reason), 1, static (_, count) => count + 1);

    /// <summary>Something could not be read.</summary>
    public void Failed(Failure failure) => _failures.Enqueue(failure);

    /// <summary>Tells what was left out: a line for each kind and reason.</summary>
    public void Tell(IReporter reporter, string source)
    {
        foreach (var ((kind, reason), count) in _leftOut.OrderBy(entry => entry.Key.Kind, StringComparer.Ordinal).ThenBy(entry => entry.Key.Reason, StringComparer.Ordinal))
            reporter.Verbose($"{source}: {count} {kind} left out: {reason}");
    }
}
