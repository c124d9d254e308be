using KonUpgrade.Engine.Readiness.Comparing;

namespace KonUpgrade.Operations;

/// <summary>What came down the pipeline of an import, of which only what tells why something is not there is kept; a cmdlet can't hold the engine's own.</summary>
internal sealed class PipedChanges
{
    /// <summary>What is recorded.</summary>
    public ImportRecords Records { get; } = new();

    /// <summary>Takes one in.</summary>
    public void Add(ClusterConfigChange change) => Records.Add(change);
}
