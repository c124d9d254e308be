namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// How many objects to ask for at once. Each page costs a server a new walk through its store, so pages grow until they
/// hold several MiB or take seconds; they shrink when the server has trouble.
/// </summary>
internal sealed class PageSizer(int? wanted)
{
    public const int First = 500;
    private const int Smallest = 50;
    private const int Largest = 10_000;
    private const long TargetBytes = 8 * 1024 * 1024;
    private const long LargestHeld = 64 * 1024 * 1024;

    // A server gives a request a minute, its answer's body included.
    private const long LargestWhole = 512 * 1024 * 1024;
    private static readonly TimeSpan LongestPage = TimeSpan.FromSeconds(5);

    public int Next { get; private set; } = wanted ?? First;

    /// <summary>
    /// Whether the rest had better come in one piece. Since 1.31 a server answers a whole list from its watch cache, and
    /// each page from etcd, at several times the cost. Since 1.33 it also writes a whole list item by item, where before it
    /// held all of it in memory.
    /// </summary>
    /// <param name="items">What a page held.</param>
    /// <param name="bytes">How large the page was.</param>
    /// <param name="remaining">How many follow; null where the server doesn't say, as with selectors.</param>
    /// <param name="version">The server's version; null where it is not known.</param>
    public bool WantsWhole(int items, long bytes, long? remaining, ServerVersion? version)
    {
        if (wanted is not null || items == 0 || version is null || !version.IsAtLeast(1, 31))
            return false;
        var streams = version.IsAtLeast(1, 33);
        return remaining is { } count
            ? count > Next && count * (bytes / items) <= (streams ? LargestWhole : LargestHeld)
            : streams;
    }

    /// <summary>Takes in how a page went.</summary>
    public void Took(int items, long bytes, TimeSpan waited)
    {
        if (wanted is not null || items == 0)
            return;
        if (waited > LongestPage)
        {
            Next = Math.Max(Smallest, Next / 2);
            return;
        }
        var fits = (int)Math.Clamp(TargetBytes / Math.Max(1, bytes / items), Smallest, Largest);
        Next = Math.Min(fits, Next * 4);
    }

    /// <summary>A page failed.</summary>
    public void Failed()
    {
        if (wanted is null)
            Next = Math.Max(Smallest, Next / 2);
    }
}
