using KonUpgrade.Engine.Configuration.Importing.Planning;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Parameters;

namespace KonUpgrade.Operations;

/// <summary>The items that a command takes in before it begins; a cmdlet can't hold the engine's own.</summary>
internal sealed class PipedObjects : IDisposable
{
    private PipedItems? _items;

    /// <summary>Whether any came.</summary>
    public bool Any => _items is not null;

    /// <summary>Takes an item in.</summary>
    /// <exception cref="UpgradeException">The disk is full, or the like.</exception>
    public void Add(ClusterConfigItem item) => (_items ??= new PipedItems(ScriptValue.Unwrap)).Add(item);

    /// <summary>The items as a directory.</summary>
    public ManifestDirectory ToDirectory(string? system) =>
        (_items ?? throw new InvalidOperationException("Nothing came.")).ToDirectory(system);

    /// <inheritdoc/>
    public void Dispose() => _items?.Dispose();
}
