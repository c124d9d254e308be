namespace KonUpgrade.Model;

/// <summary>
/// A managed cluster of a cloud (EKS): what the service tells of it, and which login it was got with. Commands take it
/// wherever they take a cluster, and need no kubeconfig then. It holds no credentials that could be printed or kept.
/// </summary>
public sealed record ManagedCluster
{
    /// <summary>The name, unique in region and account.</summary>
    public required string Name { get; init; }

    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>The ARN.</summary>
    public string? Arn { get; init; }

    /// <summary>The service's status: <c>CREATING</c>, <c>ACTIVE</c>, <c>UPDATING</c>, <c>DELETING</c>, <c>FAILED</c>, <c>PENDING</c>, or one that is not known here.</summary>
    public string? Status { get; init; }

    /// <summary>The minor version of Kubernetes: <c>1.33</c>.</summary>
    public string? Version { get; init; }

    /// <summary>The version of the platform: <c>eks.9</c>.</summary>
    public string? PlatformVersion { get; init; }

    /// <summary>The API server's URL; null while there is none yet.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Whose certificates the API server shows: PEM in base64.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>The issuer of the tokens that service accounts show to roles.</summary>
    public string? OidcIssuer { get; init; }

    /// <summary>The role of the control plane.</summary>
    public string? RoleArn { get; init; }

    /// <summary>The VPC.</summary>
    public string? VpcId { get; init; }

    /// <summary>The subnets of the control plane.</summary>
    public IReadOnlyList<string> SubnetId { get; init; } = [];

    /// <summary>The security groups: the one that the service made first, then further ones.</summary>
    public IReadOnlyList<string> SecurityGroupId { get; init; } = [];

    /// <summary>How logins are known: <c>API</c>, <c>API_AND_CONFIG_MAP</c> or <c>CONFIG_MAP</c>.</summary>
    public string? AuthenticationMode { get; init; }

    /// <summary>How long the version is supported: <c>STANDARD</c> or <c>EXTENDED</c>.</summary>
    public string? SupportType { get; init; }

    /// <summary>Whether it may not be deleted; null where the service does not say.</summary>
    public bool? DeletionProtection { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string> Tag { get; init; } = new Dictionary<string, string>();

    /// <summary>What the service says is wrong with it.</summary>
    public IReadOnlyList<string> Issue { get; init; } = [];

    /// <summary>The id of a cluster on an Outpost; null for others.</summary>
    public string? Id { get; init; }

    /// <summary>With which login it was got, and is reached: <c>Default</c> (environment, default profile, role of the machine), <c>Profile</c> or <c>Credential</c> (keys that were given).</summary>
    public string Login { get; init; } = DefaultLogin;

    /// <summary>The profile of the login; null where none was named.</summary>
    public string? ProfileName { get; init; }

    /// <summary>The URL of the service that told of it, where one was given.</summary>
    public string? EndpointUrl { get; init; }

    internal const string DefaultLogin = "Default";
    internal const string ProfileLogin = "Profile";
    internal const string CredentialLogin = "Credential";

    /// <summary>The keys that were given. They do not go along through jobs, sessions or files.</summary>
    internal AwsKeys? Keys { get; init; }

    /// <summary>
    /// The cluster as commands take one. It is called by its ARN, since a kubeconfig may have a context of its name that
    /// leads elsewhere.
    /// </summary>
    internal ClusterContext ToContext() => new()
    {
        Name = Arn ?? $"eks:{Region}/{Name}",
        KubeConfigPath = "",
        Server = Endpoint,
        Login = $"Aws {Login}",
        Managed = this,
    };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
