using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>Objects that are being deleted on the target.</summary>
internal sealed class TerminatingObjects(TargetWaits waits, ImportChanges changes, ImportOptions options)
{
    /// <summary>Waits where that is worth it.</summary>
    /// <returns>Null where it is gone.</returns>
    public async Task<ClusterConfigChange?> AwaitAsync(ImportItem item, ApiResource resource, KubernetesObject live, CancellationToken cancellationToken)
    {
        // Of what is deleted, only namespaces are worth waiting for: all that comes after needs them.
        if (item.Key is { Group: "", Kind: "Namespace" } && options.DryRun)
        {
            return changes.Of(item, resource.ApiVersion, ClusterConfigChangeAction.Created) with
            {
                FieldManager = ImportOwner.ManagerOf(item),
                Verified = ImportVerification.None,
                Reason = "Not tried on the server: a namespace of this name is being deleted. The import waits until it is gone.",
            };
        }
        if (item.Key is { Group: "", Kind: "Namespace" }
            && await waits.IsGoneAsync(resource, item.Key.Namespace, item.Key.Name, live.Uid, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }
        var failure = ImportFailures.Terminating(item, item.Key.Kind == "Namespace" ? $"; it was not gone after {options.Timeout.TotalSeconds:0} s" : "");
        return changes.Failed(item, resource.ApiVersion, failure);
    }
}
