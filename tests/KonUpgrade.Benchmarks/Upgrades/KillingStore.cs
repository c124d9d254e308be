using System.Diagnostics;
using KonUpgrade.Engine.Upgrades.Journals;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>Counts lines down to the one that is the last.</summary>
internal sealed class LineCount(int lines)
{
    private int _left = lines;

    public bool IsLast() => Interlocked.Decrement(ref _left) == 0;

    public bool IsOver() => Interlocked.Decrement(ref _left) < 0;
}

/// <summary>A journal that ends its own process, as SIGKILL does, as soon as a certain line of this run is there for good.</summary>
internal sealed class KillingStore(IJournalStore inner, LineCount count) : PassingStore(inner)
{
    public override async Task AppendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        await Inner.AppendAsync(line, cancellationToken);
        if (!count.IsLast())
            return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        // Nothing of this process goes on, however long the signal takes.
        await Task.Delay(Timeout.Infinite, CancellationToken.None);
    }
}
