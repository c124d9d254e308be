using KonUpgrade.Engine.Readiness;

namespace KonUpgrade.Operations;

/// <summary>That it is waited until nothing blocks, as the command line says it.</summary>
/// <param name="Limit">For how long; null for as long as it takes.</param>
internal sealed record WaitRequest(TimeSpan? Limit)
{
    /// <summary>What the command line says; null where it says that it is not waited.</summary>
    public static WaitRequest? Of(bool wait, TimeSpan? limit) => wait ? new WaitRequest(limit) : null;

    /// <summary>As the engine takes it.</summary>
    public ReadinessWait ToWait() => new(Limit);
}
