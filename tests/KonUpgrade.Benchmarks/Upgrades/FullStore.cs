using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Upgrades.Journals;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>A journal whose disk is full as soon as it has so many more lines.</summary>
internal sealed class FullStore(IJournalStore inner, LineCount count) : IJournalStore
{
    // What the kernel says for ENOSPC.
    private const int NoSpace = 28;

    public string Name => inner.Name;

    public string? Path => inner.Path;

    public string? Cluster => inner.Cluster;

    public CancellationToken Lost => inner.Lost;

    public void Guard() => inner.Guard();

    public Task<JournalText> ReadAsync(CancellationToken cancellationToken) => inner.ReadAsync(cancellationToken);

    public Task DropLastAsync(CancellationToken cancellationToken) => inner.DropLastAsync(cancellationToken);

    public Task AppendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken) =>
        count.IsOver() ? throw FileFailures.Write(inner.Name, new IOException("No space left on device", NoSpace)) : inner.AppendAsync(line, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
