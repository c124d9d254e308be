using System.Collections;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Lets what came of an import come back from a job or a file. Of those only what tells why an object is not there counts.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ConfigChangeTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ReturnedObject.Unwrap(inputData) switch
    {
        null => null,
        ClusterConfigChange change => new[] { change },
        IEnumerable many and not string => many.Cast<object?>().Select(Of).ToArray(),
        var other => new[] { Of(other) },
    };

    private static ClusterConfigChange Of(object? value) => ReturnedObject.Unwrap(value) switch
    {
        ClusterConfigChange change => change,
        var bag when ReturnedObject.Was<ClusterConfigChange>(bag, nameof(ClusterConfigChange.ApiVersion), nameof(ClusterConfigChange.Kind), nameof(ClusterConfigChange.Name), nameof(ClusterConfigChange.Action)) => Rebuild(bag),
        _ => throw new ArgumentTransformationMetadataException($"'{value}' is nothing that an import did. Give objects of Import-ClusterConfig."),
    };

    private static ClusterConfigChange Rebuild(object? bag)
    {
        var action = Enum.TryParse<ClusterConfigChangeAction>(ReturnedObject.Text(bag, nameof(ClusterConfigChange.Action)), ignoreCase: true, out var known)
            ? known
            : throw new ArgumentTransformationMetadataException($"'{ReturnedObject.Text(bag, nameof(ClusterConfigChange.Action))}' is nothing that an import does with an object.");
        return new ClusterConfigChange
        {
            Context = ReturnedObject.Text(bag, nameof(ClusterConfigChange.Context)),
            ApiVersion = ReturnedObject.Text(bag, nameof(ClusterConfigChange.ApiVersion)) ?? "",
            Kind = ReturnedObject.Text(bag, nameof(ClusterConfigChange.Kind)) ?? "",
            Namespace = ReturnedObject.Text(bag, nameof(ClusterConfigChange.Namespace)),
            Name = ReturnedObject.Text(bag, nameof(ClusterConfigChange.Name)) ?? "",
            Action = action,
            // A failure comes back as a bag of its own.
            Reason = ReturnedObject.Items(bag, nameof(ClusterConfigChange.Failure)).Select(failure => ReturnedObject.Text(failure, nameof(Failure.Message))).FirstOrDefault() ?? ReturnedObject.Text(bag, nameof(ClusterConfigChange.Reason)),
            Outward = ReturnedObject.Text(bag, nameof(ClusterConfigChange.Outward)),
        };
    }
}
