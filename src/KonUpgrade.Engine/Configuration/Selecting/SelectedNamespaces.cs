using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Selecting;

/// <summary>The namespaces that a selection names.</summary>
internal static class SelectedNamespaces
{
    /// <summary>Looks whether a namespace is there: one that is mistyped would make a configuration of nothing that looks complete.</summary>
    /// <exception cref="UpgradeException">NamespaceNotFound.</exception>
    public static async Task CheckAsync(ClusterConnection source, string name, IReporter reporter, CancellationToken cancellationToken)
    {
        try
        {
            using var found = await source.Client.GetAsync(SelectedNames.Namespaces, null, name, cancellationToken).ConfigureAwait(false);
            if (found is null)
                throw SelectionFailures.NamespaceNotFound(name, source.Context.Name, await SelectedNames.NamespacesOfAsync(source.Client, cancellationToken).ConfigureAwait(false));
        }
        catch (KubernetesApiException exception) when (exception.StatusCode == 403)
        {
            reporter.Verbose($"{source.Context.Name}: whether there is a namespace {name} can't be told: {exception.Failure.Message}");
        }
    }
}
