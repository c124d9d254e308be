using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Dns;
using KonUpgrade.Sandbox.Eks;
using KonUpgrade.Sandbox.Iam;
using KonUpgrade.Sandbox.Velero;

namespace KonUpgrade.Sandbox.Hosting;

/// <summary>One cluster to be simulated.</summary>
/// <param name="Name">Its name, which is the name of its kubeconfig context too: small letters, digits and <c>-</c>.</param>
/// <param name="Version">Its Kubernetes version, from 1.21 to 1.34, such as <c>1.32</c> or <c>1.32.5-eks-5d4a308</c>.</param>
public sealed record SandboxClusterOptions(string Name, string Version)
{
    /// <summary>How the cluster lives: with nodes, a scheduler, kubelets and controllers. Null: it is a mere API server, in which nothing moves by itself.</summary>
    public DataPlaneSettings? DataPlane { get; init; }

    /// <summary>Its Ingresses and Services of type LoadBalancer get load balancers, with an address in their status; a server on loopback answers in their stead.</summary>
    public bool HasLoadBalancers { get; init; }

    /// <summary>Its Velero; null for none. Clusters whose installations name the same bucket and prefix see each other's backups.</summary>
    public VeleroInstallation? Velero { get; init; }
}

/// <summary>What a sandbox is started with.</summary>
public sealed record SandboxOptions
{
    /// <summary>The clusters, at least one.</summary>
    public required IReadOnlyList<SandboxClusterOptions> Clusters { get; init; }

    /// <summary>Where kubeconfig, ca.crt, control.token and aws.credentials are written; null for a temporary directory that goes with the sandbox.</summary>
    public string? Directory { get; init; }

    /// <summary>
    /// What the identities of the clusters follow from, beside their names: with the same text they are the same clusters
    /// again. Null for new ones, as two clusters of the same name are elsewhere too.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>Where it tells what its user should know and no answer says; null for the standard error.</summary>
    public TextWriter? Log { get; init; }

    /// <summary>The region in which the clusters are clusters of EKS; null for none.</summary>
    public EksSettings? Eks { get; init; } = new();

    /// <summary>The AWS Backup of that region, at the same address; null for none.</summary>
    public BackupSettings? Backup { get; init; } = new();

    /// <summary>The IAM of the account, at the same address; null for none.</summary>
    public IamSettings? Iam { get; init; } = new();

    /// <summary>The Route 53 of the account, at the same address; null for none.</summary>
    public DnsSettings? Dns { get; init; } = new();

    /// <summary>How the Velero servers of the clusters that have one work.</summary>
    public VeleroSettings Velero { get; init; } = new();

    /// <summary>The first cluster's port; the next clusters, the control endpoint, EKS and Velero's object storage follow it. 0 takes any free ports.</summary>
    public int Port { get; init; }

    /// <summary>Each write is answered no sooner than this after it came, as on a real server.</summary>
    public TimeSpan WriteDelay { get; init; } = TimeSpan.Zero;

    /// <summary>How long the pages of a list can be asked for; then they answer 410.</summary>
    public TimeSpan PageLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a watch that allows bookmarks gets one.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the creation of a CRD until it is Established and served.</summary>
    public TimeSpan EstablishDelay { get; init; } = TimeSpan.FromMilliseconds(50);
}
