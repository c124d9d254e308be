using System.Security.Cryptography;
using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Eks;

/// <summary>
/// The simulated region in which every cluster of the sandbox is a cluster of EKS. All times are times of the cluster's
/// own clock.
/// </summary>
public sealed record EksSettings
{
    /// <summary>The region's name.</summary>
    public string Region { get; init; } = "eu-central-1";

    /// <summary>The account that owns everything, twelve digits.</summary>
    public string AccountId { get; init; } = "123456789012";

    /// <summary>The access key that requests must be signed with.</summary>
    public string AccessKeyId { get; init; } = "AKIASANDBOX000000000";

    /// <summary>Its secret; another one each time, unless it is given.</summary>
    public string SecretAccessKey { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));

    /// <summary>Signatures are computed anew and compared. Else a request must only be signed with the right key.</summary>
    public bool VerifySignatures { get; init; } = true;

    internal AwsKey Key => new(Region, AccountId, AccessKeyId, SecretAccessKey, VerifySignatures);

    /// <summary>Names of IAM roles that are there beside each cluster's own.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The launch templates of the account.</summary>
    public IReadOnlyList<EksLaunchTemplate> LaunchTemplates { get; init; } = [];

    /// <summary>The dates of the machine images, oldest first: the last one is what new node groups and updates get.</summary>
    public IReadOnlyList<string> ImageDates { get; init; } = ["20250610", "20250715"];

    /// <summary>From the request for machines until the first one runs and registers its node.</summary>
    public TimeSpan LaunchAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From one machine to the next: nodes come one by one.</summary>
    public TimeSpan LaunchInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long machines may take to become Ready nodes; then it is a NodeCreationFailure.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>How long an update of the configuration takes, and the beginning of one of the version.</summary>
    public TimeSpan ConfigureAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the Pods of a node are evicted. Then an update fails (PodEvictionFailure) unless it is forced, and what is
    /// scaled in or deleted is terminated with whatever still runs.
    /// </summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>From the end of a node's drain in an update until its machine is terminated.</summary>
    public TimeSpan WaitAfterDrain { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Machines that a smaller desired size makes superfluous are drained before they go, as the service's own model says
    /// (UpdateNodegroupVersion: "terminated due to a scaling action"). False: they go at once, as in an Auto Scaling group
    /// of one's own.
    /// </summary>
    public bool DrainOnScaleIn { get; init; } = true;

    /// <summary>The categories of insights that the service knows; one of other categories is refused, as one of years ago does.</summary>
    public IReadOnlyList<string> InsightCategories { get; init; } = ["UPGRADE_READINESS", "MISCONFIGURATION", "ROLLBACK_READINESS"];

    /// <summary>From the end of the last machine of a node group that is deleted until the group is gone.</summary>
    public TimeSpan DeleteAfter { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>A launch template of the account.</summary>
/// <param name="Id">Its id, such as <c>lt-0123456789abcdef0</c>.</param>
/// <param name="Name">Its name.</param>
public sealed record EksLaunchTemplate(string Id, string Name)
{
    /// <summary>How many versions it has; the last one is the default.</summary>
    public int Versions { get; init; } = 1;

    /// <summary>The machines' type, where it names one.</summary>
    public string? InstanceType { get; init; }

    /// <summary>The machines' image, where it names one.</summary>
    public string? ImageId { get; init; }
}
