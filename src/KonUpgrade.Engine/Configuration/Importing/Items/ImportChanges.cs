using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Items;

/// <summary>What is told of the objects of an import, without what only some may see.</summary>
/// <param name="target">The target's name.</param>
/// <param name="system">The system, which says what only some may see.</param>
internal sealed class ImportChanges(string target, SystemDescription system)
{
    /// <summary>The target's name.</summary>
    public string Target => target;

    /// <summary>What becomes of an object that is written in a version.</summary>
    public ClusterConfigChange Of(ImportItem item, string apiVersion, ClusterConfigChangeAction action) => new()
    {
        Context = target,
        ApiVersion = apiVersion,
        Kind = item.Key.Kind,
        Namespace = item.Key.Namespace,
        Name = item.Key.Name,
        Action = action,
    };

    /// <summary>An object that can't be brought in.</summary>
    public ClusterConfigChange Failed(ImportItem item, Failure failure) => Failed(item, item.ApiVersion, failure);

    /// <summary>An object that can't be written in a version.</summary>
    public ClusterConfigChange Failed(ImportItem item, string apiVersion, Failure failure) => Of(item, apiVersion, ClusterConfigChangeAction.Failed) with
    {
        Reason = failure.Message,
        Failure = failure.Target is null ? failure with { Target = item.ToString() } : failure,
    };

    /// <summary>An object that is left alone.</summary>
    public ClusterConfigChange Skipped(ImportItem item, string reason) => Of(item, item.ApiVersion, ClusterConfigChangeAction.Skipped) with { Reason = reason };

    /// <summary>Whether an object may hold what only some may see.</summary>
    public bool IsSensitive(ImportItem item) => SecretKinds.Contains(system, item.Key.Group, item.Key.Kind);

    /// <summary>What may be told of a failure.</summary>
    public Failure FailureOf(ImportItem item, UpgradeException exception) => IsSensitive(item) ? SensitiveFailures.Of(exception, item) : exception.Failure;
}
