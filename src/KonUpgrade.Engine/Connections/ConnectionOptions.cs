using KonUpgrade.Engine.Foundation.Retry;

namespace KonUpgrade.Engine.Connections;

/// <summary>Whether logins may start programs.</summary>
public enum ExecPolicy
{
    /// <summary>They may.</summary>
    Allow,

    /// <summary>They may not, as where runbooks forbid child processes. What can be answered in the process still is.</summary>
    Forbid,
}

/// <summary>How connections to clusters are made.</summary>
public sealed record ConnectionOptions
{
    /// <summary>Whether logins may start programs.</summary>
    public ExecPolicy Exec { get; init; }

    /// <summary>How long one try of a request may go without an answer.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a login program may take.</summary>
    public TimeSpan ExecTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How failed calls are repeated where that is safe.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called before every request that may change something; it throws where nothing may be changed any more. Null for nothing.</summary>
    public Action? BeforeChange { get; init; }

    /// <summary>
    /// How a cluster is connected to whose kubeconfig another cluster holds: it stands by itself, and starts no program.
    /// </summary>
    /// <param name="time">The clock.</param>
    public static ConnectionOptions OfHeldKubeConfig(TimeProvider time) => new() { Exec = ExecPolicy.Forbid, Time = time };
}
