using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets a cluster be given as a context's name, as a <see cref="ClusterContext"/> or a <see cref="ManagedCluster"/>, or as one that came back from a job.
/// A name alone has an empty <see cref="ClusterContext.KubeConfigPath"/>: the command's own kubeconfig leads to it.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ClusterTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        ReturnedObject.Unwrap(inputData) switch
        {
            null => null,
            ClusterContext context => context,
            ManagedCluster cluster => cluster.ToContext(),
            string { Length: > 0 } name => new ClusterContext { Name = name, KubeConfigPath = "" },
            string => throw new ArgumentTransformationMetadataException("A cluster is the name of a kubeconfig context, and this one is empty."),
            var bag when ReturnedObject.Was<ManagedCluster>(bag, nameof(ManagedCluster.Name), nameof(ManagedCluster.Region), nameof(ManagedCluster.CertificateAuthority)) => Managed(bag).ToContext(),
            var bag when ReturnedObject.Was<ClusterContext>(bag, nameof(ClusterContext.Name), nameof(ClusterContext.KubeConfigPath)) => Rebuild(bag),
            // Left as it is: PowerShell says which type was wanted.
            _ => inputData,
        };

    // The keys of a login by -Credential stayed behind; the engine says so when it is to log in.
    private static ManagedCluster Managed(object? bag) => new()
    {
        Name = ReturnedObject.Text(bag, nameof(ManagedCluster.Name))
            ?? throw new ArgumentTransformationMetadataException("The managed cluster that came in has no name."),
        Region = ReturnedObject.Text(bag, nameof(ManagedCluster.Region))
            ?? throw new ArgumentTransformationMetadataException("The managed cluster that came in has no region."),
        Arn = ReturnedObject.Text(bag, nameof(ManagedCluster.Arn)),
        Status = ReturnedObject.Text(bag, nameof(ManagedCluster.Status)),
        Version = ReturnedObject.Text(bag, nameof(ManagedCluster.Version)),
        PlatformVersion = ReturnedObject.Text(bag, nameof(ManagedCluster.PlatformVersion)),
        Endpoint = ReturnedObject.Text(bag, nameof(ManagedCluster.Endpoint)),
        CertificateAuthority = ReturnedObject.Text(bag, nameof(ManagedCluster.CertificateAuthority)),
        OidcIssuer = ReturnedObject.Text(bag, nameof(ManagedCluster.OidcIssuer)),
        RoleArn = ReturnedObject.Text(bag, nameof(ManagedCluster.RoleArn)),
        VpcId = ReturnedObject.Text(bag, nameof(ManagedCluster.VpcId)),
        SubnetId = ReturnedObject.Texts(bag, nameof(ManagedCluster.SubnetId)),
        SecurityGroupId = ReturnedObject.Texts(bag, nameof(ManagedCluster.SecurityGroupId)),
        AuthenticationMode = ReturnedObject.Text(bag, nameof(ManagedCluster.AuthenticationMode)),
        SupportType = ReturnedObject.Text(bag, nameof(ManagedCluster.SupportType)),
        Id = ReturnedObject.Text(bag, nameof(ManagedCluster.Id)),
        // One that says nothing of its login may have had keys of its own.
        Login = ReturnedObject.Text(bag, nameof(ManagedCluster.Login)) ?? ManagedCluster.CredentialLogin,
        ProfileName = ReturnedObject.Text(bag, nameof(ManagedCluster.ProfileName)),
        EndpointUrl = ReturnedObject.Text(bag, nameof(ManagedCluster.EndpointUrl)),
    };

    private static ClusterContext Rebuild(object? bag) => new()
    {
        Name = ReturnedObject.Text(bag, nameof(ClusterContext.Name))
            ?? throw new ArgumentTransformationMetadataException("The cluster that came in has no name."),
        KubeConfigPath = ReturnedObject.Text(bag, nameof(ClusterContext.KubeConfigPath)) ?? "",
        ClusterEntry = ReturnedObject.Text(bag, nameof(ClusterContext.ClusterEntry)),
        User = ReturnedObject.Text(bag, nameof(ClusterContext.User)),
        Namespace = ReturnedObject.Text(bag, nameof(ClusterContext.Namespace)),
        Server = ReturnedObject.Text(bag, nameof(ClusterContext.Server)),
        Login = ReturnedObject.Text(bag, nameof(ClusterContext.Login)),
        IsCurrent = ReturnedObject.Flag(bag, nameof(ClusterContext.IsCurrent)),
    };
}
