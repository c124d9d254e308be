using System.Globalization;

namespace KonUpgrade.Completion;

/// <summary>Completes versions of Kubernetes: those that come next after the cluster's own.</summary>
public sealed class KubernetesVersionCompleter : CompletionBase
{
    private const int Versions = 5;

    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var cluster = await bound.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            var version = await cluster.Client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
            return Enumerable.Range(version.Minor + 1, Versions)
                .Select(minor => string.Create(CultureInfo.InvariantCulture, $"{version.Major}.{minor}"))
                .Select(next => new CompletionChoice(next, $"Kubernetes {next}, after {version}"));
        }
    }
}
