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
    private static readonly TimeSpan LongestPage = TimeSpan.FromSeconds(5);

    public int Next { get; private set; } = wanted ?? First;

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
