using System.Globalization;
using KonUpgrade.Engine.Readiness;

namespace KonUpgrade.Operations;

/// <summary>That it is waited until nothing blocks, as the command line says it.</summary>
/// <param name="Limit">For how long; null for as long as it takes.</param>
internal sealed record WaitRequest(TimeSpan? Limit)
{
    /// <summary>What the command line says; null where it says that it is not waited.</summary>
    public static WaitRequest? Of(bool wait, TimeSpan? limit) => wait ? new WaitRequest(limit) : null;

    /// <summary>What the error at the end says of the waiting, as the rest of a sentence; empty where there was none, or no end of it.</summary>
    public static string Told(WaitRequest? wait) => wait?.Limit is { } limit
        ? string.Create(CultureInfo.InvariantCulture, $" after {(limit.TotalMinutes < 2 ? $"{Math.Round(limit.TotalSeconds, 1)} s" : $"{Math.Round(limit.TotalMinutes)} min")} of waiting")
        : "";

    /// <summary>As the engine takes it.</summary>
    public ReadinessWait ToWait() => new(Limit);
}
