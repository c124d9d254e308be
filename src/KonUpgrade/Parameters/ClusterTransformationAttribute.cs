using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets a cluster be given as a context's name, as a <see cref="ClusterContext"/>, or as one that came back from a job.
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
            string { Length: > 0 } name => new ClusterContext { Name = name, KubeConfigPath = "" },
            string => throw new ArgumentTransformationMetadataException("A cluster is the name of a kubeconfig context, and this one is empty."),
            var bag when ReturnedObject.Was<ClusterContext>(bag, nameof(ClusterContext.Name), nameof(ClusterContext.KubeConfigPath)) => Rebuild(bag),
            // Left as it is: PowerShell says which type was wanted.
            _ => inputData,
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
