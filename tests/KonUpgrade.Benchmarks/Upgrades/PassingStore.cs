using KonUpgrade.Engine.Upgrades.Journals;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>A journal in front of another one: what is written goes on to it, unless something happens at a line.</summary>
internal abstract class PassingStore(IJournalStore inner) : IJournalStore
{
    public string Name => Inner.Name;

    public string? Path => Inner.Path;

    public string? Cluster => Inner.Cluster;

    public CancellationToken Lost => Inner.Lost;

    public void Guard() => Inner.Guard();

    public Task<JournalText> ReadAsync(CancellationToken cancellationToken) => Inner.ReadAsync(cancellationToken);

    public Task DropLastAsync(CancellationToken cancellationToken) => Inner.DropLastAsync(cancellationToken);

    public abstract Task AppendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();

    /// <summary>The journal behind it.</summary>
    protected IJournalStore Inner { get; } = inner;
}
