using System.Collections.Concurrent;
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

    private readonly ConcurrentDictionary<(string Kind, string Namespace), Lazy<Task<IReadOnlySet<string>?>>> _names = new();

    /// <summary>Whether an object is there; null where the login may not ask. What was found once is not asked again.</summary>
    public async Task<bool?> HasAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var names = _names.GetOrAdd((key.Kind, key.Namespace!), at => new Lazy<Task<IReadOnlySet<string>?>>(() => ListAsync(at.Kind, at.Namespace, cancellationToken)));
        return (await names.Value.ConfigureAwait(false))?.Contains(key.Name);
    }

    /// <summary>Forgets what was found, so that what came since is found.</summary>
    public void Forget() => _names.Clear();

    private async Task<IReadOnlySet<string>?> ListAsync(string kind, string ns, CancellationToken cancellationToken)
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
        catch (UpgradeException exception)
        {
            reporter.Verbose($"{client.Target}: which {s_plurals[kind]} there are in {ns} can't be told: {exception.Failure.Message}");
            return null;
        }
    }
}
