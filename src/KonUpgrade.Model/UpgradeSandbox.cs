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

    /// <summary>The URL of its EKS, in which each of its clusters is a cluster, and of its AWS Backup; empty when it has none.</summary>
    public string EndpointUrl { get; init; } = "";

    /// <summary>The region of its EKS.</summary>
    public string Region { get; init; } = "";

    /// <summary>
    /// A file with the access key for its EKS, as the profile <c>default</c>: for the environment variable
    /// AWS_SHARED_CREDENTIALS_FILE.
    /// </summary>
    public string CredentialPath { get; init; } = "";

    /// <summary>The ARNs of what its AWS Backup, at the same URL, can protect.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> ResourceArn { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>Where its clusters' load balancers are asked, in the order of <see cref="Cluster"/>: their names lead nowhere, and -ProbeAddress takes these. Empty where they have none.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> LoadBalancerAddress { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The ARN of a role that its AWS Backup may assume.</summary>
    public string IamRoleArn { get; init; } = "";
}
