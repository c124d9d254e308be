namespace KonUpgrade.Sandbox.DataPlane;

/// <summary>
/// How a cluster's data plane behaves: its nodes, scheduler, kubelets and controllers. All times are times of the
/// cluster's own clock. A single Pod tells otherwise by annotations or labels (<see cref="PodDirectives"/>).
/// </summary>
public sealed record DataPlaneSettings
{
    /// <summary>How many seconds of the cluster pass in one second; 0: its clock stands still and is moved by hand alone.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>From a Pod's binding to a node until its containers run.</summary>
    public TimeSpan StartAfter { get; init; } = TimeSpan.Zero;

    /// <summary>From the start of its containers until a Pod is ready.</summary>
    public TimeSpan ReadyAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// From a Pod's deletion until its containers have ended; they are killed when the grace period is over. Null: they
    /// take all of it.
    /// </summary>
    public TimeSpan? EndAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What a killed Pod takes beyond that until it is gone.</summary>
    public TimeSpan BeyondGrace { get; init; } = TimeSpan.Zero;

    /// <summary>From the start of its containers until a Pod that is not restarted for ever has done its work.</summary>
    public TimeSpan CompleteAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From a node's coming until it is Ready.</summary>
    public TimeSpan NodeReadyAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From a node's end until the Pods that it had are collected.</summary>
    public TimeSpan NodeGoneAfter { get; init; } = TimeSpan.FromSeconds(40);
}
