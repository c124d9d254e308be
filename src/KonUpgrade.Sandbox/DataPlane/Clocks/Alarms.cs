namespace KonUpgrade.Sandbox.DataPlane.Clocks;

/// <summary>What is to be done at a moment of the cluster's clock. For the loop alone.</summary>
internal sealed class Alarms
{
    private readonly PriorityQueue<Action, (DateTimeOffset Due, long Order)> _waiting = new();
    private long _order;

    /// <summary>When the next one is due; null when none waits.</summary>
    public DateTimeOffset? Next => _waiting.TryPeek(out _, out (DateTimeOffset Due, long) first) ? first.Due : null;

    public void Set(DateTimeOffset due, Action work) => _waiting.Enqueue(work, (due, _order++));

    /// <summary>Does all that is due.</summary>
    public void Ring(DateTimeOffset now) => Ring(now, static work => work());

    /// <inheritdoc cref="Ring(DateTimeOffset)"/>
    /// <param name="now">The moment.</param>
    /// <param name="perform">Does what is due.</param>
    public void Ring(DateTimeOffset now, Action<Action> perform)
    {
        while (_waiting.TryPeek(out Action? work, out (DateTimeOffset Due, long) first) && first.Due <= now)
        {
            _waiting.Dequeue();
            perform(work);
        }
    }
}
