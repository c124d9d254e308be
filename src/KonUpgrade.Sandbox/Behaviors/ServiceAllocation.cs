using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>
/// The cluster IP and node ports that one write wants for its Service. They are held from the moment they are found
/// free, so that no other write gets them; a write that does not get stored gives them back by disposing this.
/// </summary>
internal sealed class ServiceAllocation(ServiceAddresses addresses) : IDisposable
{
    private bool _ended;

    /// <summary>What of the wishes cannot be had.</summary>
    public List<StatusCause> Causes { get; } = [];

    /// <summary>Held for this write; none in a dry run.</summary>
    public HashSet<string> HeldAddresses { get; } = new(StringComparer.Ordinal);

    /// <inheritdoc cref="HeldAddresses"/>
    public HashSet<int> HeldPorts { get; } = [];

    /// <summary>What the Service had and does not want any more: free once the write is stored.</summary>
    public HashSet<string> LeftAddresses { get; } = new(StringComparer.Ordinal);

    /// <inheritdoc cref="LeftAddresses"/>
    public HashSet<int> LeftPorts { get; } = [];

    /// <summary>The write is stored: the Service keeps what is held, and what it left is free.</summary>
    public void Commit()
    {
        if (_ended) return;
        _ended = true;
        addresses.Free(LeftAddresses, LeftPorts);
    }

    /// <summary>Without <see cref="Commit"/> everything is as it was before.</summary>
    public void Dispose()
    {
        if (_ended) return;
        _ended = true;
        addresses.Free(HeldAddresses, HeldPorts);
    }
}
