using System.Collections;

namespace KonUpgrade.Model;

/// <summary>
/// The manifest of an item: its JSON as it was read, and the view that scripts edit, made when one first looks. Once
/// somebody has looked, the view is what counts.
/// </summary>
internal sealed class ItemManifest
{
    private readonly object _lock = new();
    private readonly Func<ReadOnlyMemory<byte>, IDictionary>? _view;
    private IDictionary? _object;

    /// <summary>A manifest that was read.</summary>
    /// <param name="json">UTF-8, which stays as it is.</param>
    /// <param name="view">Makes the view.</param>
    public ItemManifest(ReadOnlyMemory<byte> json, Func<ReadOnlyMemory<byte>, IDictionary> view)
    {
        Json = json;
        _view = view;
    }

    /// <summary>A manifest that a script made.</summary>
    public ItemManifest(IDictionary made) => _object = made;

    /// <summary>The manifest as it was read; empty for one that a script made.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The view.</summary>
    public IDictionary Object
    {
        get
        {
            lock (_lock)
                return _object ??= _view!(Json);
        }
    }

    /// <summary>Whether somebody has looked, and may have edited what there was.</summary>
    public bool IsSeen
    {
        get
        {
            lock (_lock)
                return _object is not null;
        }
    }
}
