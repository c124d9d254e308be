namespace KonUpgrade.Engine.Tests.Support;

/// <summary>Waits for what must become true. The deadline is there for what never does: a busy machine is borne.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    public static Task TrueAsync(Func<bool> condition, string what, CancellationToken cancellationToken) => TrueAsync(() => Task.FromResult(condition()), what, cancellationToken);

    /// <param name="condition">What must become true.</param>
    /// <param name="what">The same, for who reads that it did not.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="told">More for them.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, CancellationToken cancellationToken, Func<string>? told = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        try
        {
            while (!await condition())
                await timer.WaitForNextTickAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"Not within {s_patience.TotalSeconds} s: {what}\n{told?.Invoke()}".TrimEnd());
        }
    }
}
