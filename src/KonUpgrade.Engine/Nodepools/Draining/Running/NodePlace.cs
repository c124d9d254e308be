namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>One of the places for nodes that are drained at once; it is given up once, however often that is said.</summary>
/// <param name="places">All of them.</param>
internal sealed class NodePlace(SemaphoreSlim places) : IDisposable
{
    private int _isGivenUp;

    /// <summary>Gives it up.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isGivenUp, 1) == 0)
            places.Release();
    }
}
