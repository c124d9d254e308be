using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>The namespaces that somebody names.</summary>
internal static class NamedNamespaces
{
    /// <summary>Looks whether they are there: one that is mistyped would make a selection of nothing that looks complete.</summary>
    /// <exception cref="UpgradeException">NamespaceNotFound.</exception>
    public static async Task CheckAsync(ClusterConnection source, IEnumerable<string> names, IReporter reporter, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            switch (await ClusterNamespaces.HasAsync(source.Client, name, cancellationToken).ConfigureAwait(false))
            {
                case false:
                    throw NotFound(name, source.Context.Name, await ClusterNamespaces.NamesAsync(source.Client, cancellationToken).ConfigureAwait(false));
                case null:
                    reporter.Verbose($"{source.Context.Name}: whether there is a namespace {name} may not be asked.");
                    break;
            }
        }
    }

    private static UpgradeException NotFound(string name, string cluster, IEnumerable<string> known) => new(new Failure
    {
        Id = "NamespaceNotFound",
        Kind = FailureKind.NotFound,
        Message = $"{cluster} has no namespace '{name}'.{NearWords.Hint(name, known)}",
        Recommendation = $"Name a namespace that is there: kubectl get namespaces --context {cluster} lists them.",
        Target = name,
    });
}
