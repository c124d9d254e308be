namespace KonUpgrade.Model;

/// <summary>A running sandbox: simulated clusters on this machine's loopback address.</summary>
public sealed record UpgradeSandbox
{
    /// <summary>The process that serves it.</summary>
    public required int ProcessId { get; init; }

    /// <summary>
    /// The directory with its kubeconfig and certificates. One that it made for itself is removed when it stops; one that
    /// was named for it stays.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>Whether it made the directory for itself.</summary>
    public bool OwnsPath { get; init; }

    /// <summary>The kubeconfig that leads to its clusters.</summary>
    public required string KubeConfigPath { get; init; }

    /// <summary>The names of its clusters, which are also their contexts' names.</summary>
    public required IReadOnlyList<string> Cluster { get; init; }

    /// <summary>
    /// Where faults can be asked for, with the bearer token of the file <c>control.token</c> beside the kubeconfig.
    /// </summary>
    public required string ControlUri { get; init; }
}
