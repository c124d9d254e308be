using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Deprecations;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>A search for deprecated API versions in any number of sources, and what could not be looked at in them.</summary>
/// <param name="options">What is looked for; the target is set when it is opened.</param>
internal sealed class DeprecationSearch(DeprecatedApiOptions options)
{
    private readonly List<Failure> _failures = [];
    private DeprecatedApiOptions _options = options;
    private DeprecatedApiFinder? _items;

    /// <summary>Finds out what is judged by. Gives nothing.</summary>
    /// <param name="version">A version of Kubernetes, or null.</param>
    /// <param name="cluster">A cluster, or null.</param>
    /// <param name="aws">As whom, and where, AWS is asked about clusters.</param>
    /// <param name="reporter">Told what is asked.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<object> OpenAsync(
        string? version, ClusterRequest? cluster, AwsRequest aws, IReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _options = _options with { Aws = aws.Options() };
        if (cluster is not null)
        {
            var connection = await cluster.OpenAsync(reporter, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var served = await connection.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
                foreach (var failure in served.Failures)
                    reporter.Warning($"{failure.Message} What the target serves of it is taken from what is known of its version.");
                _options = _options with
                {
                    Target = ApiTarget.Cluster(connection.Context.Name, await connection.Client.GetVersionAsync(cancellationToken).ConfigureAwait(false), served),
                };
            }
        }
        else if (version is not null)
        {
            _options = _options with { Target = ApiTarget.Of(TargetVersion.Parse(version)) };
        }

        yield break;
    }

    /// <summary>Looks through an export, or a directory or file of plain manifests.</summary>
    public async IAsyncEnumerable<DeprecatedApi> FindAsync(string path, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var finder = new DeprecatedApiFinder(_options, host);
        await foreach (var found in finder.FindAsync(path, cancellationToken).ConfigureAwait(false))
            yield return found;
        _failures.AddRange(finder.Failures);
    }

    /// <summary>Looks at a cluster.</summary>
    public async IAsyncEnumerable<DeprecatedApi> FindAsync(ClusterRequest cluster, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await foreach (var found in new DeprecatedApiFinder(_options, host).FindAsync(connection, cancellationToken).ConfigureAwait(false))
                yield return found;
        }
    }

    /// <summary>Looks at an item of a configuration.</summary>
    public DeprecatedApi? Find(ClusterConfigItem item) => (_items ??= new DeprecatedApiFinder(_options, NullReporter.Instance)).Find(item);

    /// <summary>What is said at the end where something could not be looked at; null where all could.</summary>
    public Failure? Incomplete() => _failures.Count == 0 ? null : new Failure
    {
        Id = "SearchIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"Not everything was looked at: {_failures.Count} could not be read. First: {_failures[0].Message}",
        Recommendation = _failures[0].Recommendation ?? "Each has a warning. Mend the cause and search again.",
        Target = _failures[0].Target,
    };
}
