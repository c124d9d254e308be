using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Upgrades.Journals;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>A journal whose disk is full as soon as it has so many more lines.</summary>
internal sealed class FullStore(IJournalStore inner, LineCount count) : PassingStore(inner)
{
    // What the kernel says for ENOSPC.
    private const int NoSpace = 28;

    public override Task AppendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken) =>
        count.IsOver() ? throw FileFailures.Write(Inner.Name, new IOException("No space left on device", NoSpace)) : Inner.AppendAsync(line, cancellationToken);
}
