namespace KonUpgrade.Engine.Upgrades.Journals;

/// <summary>Where the lines of a journal are kept. One process at a time writes to it.</summary>
internal interface IJournalStore : IAsyncDisposable
{
    /// <summary>How messages name it.</summary>
    string Name { get; }

    /// <summary>The file, or null.</summary>
    string? Path => null;

    /// <summary>The context of the cluster, or null.</summary>
    string? Cluster => null;

    /// <summary>Cancelled when the store is no longer ours to write to: somebody else has taken it over.</summary>
    CancellationToken Lost => CancellationToken.None;

    /// <summary>Says that a change is about to be made; throws where the store is no longer ours.</summary>
    void Guard()
    {
    }

    /// <summary>The lines that are there.</summary>
    Task<JournalText> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Takes away the last line, which was cut off when it was written.</summary>
    Task DropLastAsync(CancellationToken cancellationToken);

    /// <summary>Adds a line, so that it is there for good when this returns.</summary>
    /// <exception cref="KonUpgrade.Model.UpgradeException">It could not be written, or somebody else has taken the journal over.</exception>
    Task AppendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken);
}

/// <summary>What a journal holds.</summary>
/// <param name="Lines">The lines, each without its break.</param>
/// <param name="LastIsCutOff">Whether the last one has no end.</param>
internal sealed record JournalText(IReadOnlyList<ReadOnlyMemory<byte>> Lines, bool LastIsCutOff);
