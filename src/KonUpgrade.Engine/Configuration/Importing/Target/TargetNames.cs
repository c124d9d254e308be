using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>Which Secrets, ConfigMaps and claims the target has. Only names are asked for, a namespace at a time, and no values.</summary>
internal sealed class TargetNames(KubernetesClient client, IReporter reporter)
{
    private static readonly Dictionary<string, string> s_plurals = new(StringComparer.Ordinal)
    {
        ["Secret"] = "secrets",
        ["ConfigMap"] = "configmaps",
        ["PersistentVolumeClaim"] = "persistentvolumeclaims",
    };

    private readonly ReadOnce<(string Kind, string Namespace), IReadOnlySet<string>?> _names = new((at, token) => ListAsync(client, reporter, at.Kind, at.Namespace, token));

    /// <summary>
    /// Whether an object is there; null where that can't be told. What was found once, or may not be asked, is not asked
    /// again; an answer that did not come says nothing, and is waited for anew by the next who asks.
    /// </summary>
    public async Task<bool?> HasAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            return (await _names.GetAsync((key.Kind, key.Namespace!), cancellationToken).ConfigureAwait(false))?.Contains(key.Name);
        }
        catch (UpgradeException exception)
        {
            reporter.Verbose(Untold(client, key.Kind, key.Namespace!, exception));
            return null;
        }
    }

    /// <summary>Forgets what was found, so that what came since is found.</summary>
    public void Forget() => _names.Forget();

    private static async Task<IReadOnlySet<string>?> ListAsync(KubernetesClient client, IReporter reporter, string kind, string ns, CancellationToken cancellationToken)
    {
        var resource = new ApiResource { Group = "", Version = "v1", Kind = kind, Plural = s_plurals[kind], Namespaced = true };
        var names = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await foreach (var o in client.ListAsync(resource, new ListOptions { Namespace = ns, MetadataOnly = true }, cancellationToken).ConfigureAwait(false))
            {
                using (o)
                    names.Add(o.Name);
            }

            return names;
        }
        catch (KubernetesApiException exception) when (exception.StatusCode is 401 or 403)
        {
            reporter.Verbose(Untold(client, kind, ns, exception));
            return null;
        }
    }

    private static string Untold(KubernetesClient client, string kind, string ns, UpgradeException exception) =>
        $"{client.Target}: which {s_plurals[kind]} there are in {ns} can't be told: {exception.Failure.Message}";
}
