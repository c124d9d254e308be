using System.Globalization;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;

namespace KonUpgrade.Completion;

/// <summary>Completes what API versions are judged by: the newest versions of Kubernetes that are known, and the names of contexts.</summary>
public sealed class ApiTargetCompleter : CompletionBase
{
    private const int Versions = 6;

    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var newest = ApiTarget.Newest.Version.Minor;
        var versions = Enumerable.Range(newest - Versions + 1, Versions)
            .Select(static minor => string.Create(CultureInfo.InvariantCulture, $"1.{minor}"))
            .Select(static version => new CompletionChoice(version, $"Kubernetes {version}"));
        try
        {
            var config = await KubeConfig.LoadAsync(bound.KubeConfigPath, cancellationToken, bound.Location).ConfigureAwait(false);
            return versions.Concat(config.Contexts.Select(static context => new CompletionChoice(context.Name, $"{context.Name}: {context.Server}")));
        }
        catch (UpgradeException)
        {
            // Versions need no kubeconfig.
            return versions;
        }
    }
}
