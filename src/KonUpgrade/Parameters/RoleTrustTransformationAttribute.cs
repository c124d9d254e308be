using System.Collections;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Lets what came of grants come back from a job or a file. Of those only what takes them back counts.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class RoleTrustTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ReturnedObject.Unwrap(inputData) switch
    {
        null => null,
        ClusterRoleTrust trust => new[] { trust },
        IEnumerable many and not string => many.Cast<object?>().Select(Of).ToArray(),
        var other => new[] { Of(other) },
    };

    private static ClusterRoleTrust Of(object? value) => ReturnedObject.Unwrap(value) switch
    {
        ClusterRoleTrust trust => trust,
        var bag when ReturnedObject.Was<ClusterRoleTrust>(bag, nameof(ClusterRoleTrust.RoleArn), nameof(ClusterRoleTrust.ProviderArn), nameof(ClusterRoleTrust.Subjects)) => Rebuild(bag),
        _ => throw new ArgumentTransformationMetadataException($"'{value}' is no trust of a role. Give objects of Grant-ClusterRoleTrust, or the cluster with -Cluster."),
    };

    private static ClusterRoleTrust Rebuild(object? bag) => new()
    {
        Context = ReturnedObject.Text(bag, nameof(ClusterRoleTrust.Context)),
        ClusterUid = ReturnedObject.Text(bag, nameof(ClusterRoleTrust.ClusterUid)),
        RoleName = ReturnedObject.Text(bag, nameof(ClusterRoleTrust.RoleName)) ?? "",
        RoleArn = ReturnedObject.Text(bag, nameof(ClusterRoleTrust.RoleArn)) ?? "",
        ProviderArn = ReturnedObject.Text(bag, nameof(ClusterRoleTrust.ProviderArn)),
        ServiceAccounts = ReturnedObject.Texts(bag, nameof(ClusterRoleTrust.ServiceAccounts)),
        Subjects = ReturnedObject.Texts(bag, nameof(ClusterRoleTrust.Subjects)),
        // What says nothing that is known added nothing that is known.
        Action = Enum.TryParse<RoleTrustAction>(ReturnedObject.Text(bag, nameof(ClusterRoleTrust.Action)), ignoreCase: true, out var action) ? action : RoleTrustAction.Unchanged,
    };
}
