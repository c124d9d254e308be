namespace KonUpgrade.Sandbox.Storage;

/// <summary>What happened to an object, as a watch reports it.</summary>
internal enum StoreEventKind
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One change, with the state before it, since a selector may have matched then and not now.</summary>
/// <param name="Revision">The cluster's revision of the change. A deletion has a revision of its own.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Object">The state after, or the last state when it was deleted.</param>
/// <param name="Previous">The state before; null for one that was added.</param>
internal sealed record StoreEvent(long Revision, StoreEventKind Kind, StoredObject Object, StoredObject? Previous);
