using System.Collections.Concurrent;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>What an export has come to so far. All threads tell it.</summary>
internal sealed class ExportTally(LineSorter leftOut)
{
    private readonly ConcurrentQueue<Failure> _failures = new();
    private readonly ConcurrentDictionary<string, bool> _listed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _untold = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _failedPaths = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);
    private long _exported;
    private long _leftOut;

    /// <summary>How many objects were written.</summary>
    public long Exported => Interlocked.Read(ref _exported);

    /// <summary>How many objects were left out.</summary>
    public long LeftOutCount => Interlocked.Read(ref _leftOut);

    /// <summary>What went wrong, in the order of what it went wrong with.</summary>
    public IReadOnlyList<Failure> Failures =>
        [.. _failures.OrderBy(failure => failure.Target, StringComparer.Ordinal).ThenBy(failure => failure.Message, StringComparer.Ordinal)];

    /// <summary>Whether any object could not be written.</summary>
    public bool AnyObjectFailed => !_failedPaths.IsEmpty;

    /// <summary>How many kinds were listed to their end.</summary>
    public int ListedKinds => _listed.Count;

    /// <summary>Whether the kind of a folder was listed to its end, or has nothing in it whatever a list would tell.</summary>
    public bool IsListed(string folder) => _listed.ContainsKey(folder) || _untold.ContainsKey(folder);

    /// <summary>A kind of which nothing travels could not be listed, so that nobody can tell what stays behind.</summary>
    public void Untold(KindPlan kind, string reason)
    {
        _untold[kind.Folder] = true;
        LeftOut(kind, count: 0, reason);
    }

    /// <summary>A kind was listed to its end, and held so many objects.</summary>
    public void Listed(KindPlan kind, long count)
    {
        _listed[kind.Folder] = true;
        _seen[kind.Folder] = count;
    }

    /// <summary>How many objects of a kind the list held, whatever became of them; null where it was not listed to its end.</summary>
    public long? SeenOf(KindPlan kind) => _seen.TryGetValue(kind.Folder, out var count) ? count : null;

    /// <summary>Something went wrong.</summary>
    public void Failed(Failure failure) => _failures.Enqueue(failure);

    /// <summary>An object could not be written.</summary>
    public void Failed(Failure failure, string path)
    {
        _failedPaths[path] = true;
        Failed(failure);
    }

    /// <summary>Whether an object of the cluster could not be written to its path.</summary>
    public bool HasFailed(string path) => _failedPaths.ContainsKey(path);

    /// <summary>An object was written.</summary>
    public void Wrote() => Interlocked.Increment(ref _exported);

    /// <summary>Objects of a kind were left out together.</summary>
    public void LeftOut(KindPlan kind, long count, string reason)
    {
        using var line = new LeftOutLine();
        leftOut.Add(line.Of(kind.Resource, null, null, null, reason, count));
        Interlocked.Add(ref _leftOut, count);
    }

    /// <summary>Lines for objects that were left out.</summary>
    public void LeftOut(ReadOnlySpan<byte> line, long count)
    {
        leftOut.Add(line);
        Interlocked.Add(ref _leftOut, count);
    }
}
