using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Configuration.Converting;
using KonUpgrade.Parameters;

namespace KonUpgrade.Operations;

/// <summary>What a conversion is for: a version of Kubernetes, or a cluster; and, once that is known, what converts.</summary>
internal sealed class ItemConversion : IDisposable
{
    private ConfigConverter? _converter;

    /// <summary>How many items came, and how many of them were converted or could not be.</summary>
    public (long Came, long Converted, long Failed) Counts { get; private set; }

    /// <summary>The first failure, or null.</summary>
    public Failure? First { get; private set; }

    /// <summary>Finds out what the target takes. Gives nothing.</summary>
    public async IAsyncEnumerable<object> OpenAsync(
        string? version, ClusterRequest? cluster, IReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ConversionTarget target;
        if (cluster is null)
        {
            target = ConversionTarget.Version(version!);
        }
        else
        {
            var connection = await cluster.OpenAsync(reporter, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                target = ConversionTarget.Cluster(connection.Context.Name, await connection.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false));
        }

        _converter = new ConfigConverter(target, ScriptValue.Unwrap);
        yield break;
    }

    /// <summary>Converts an item.</summary>
    public ClusterConfigItem Convert(ClusterConfigItem item)
    {
        var converted = _converter!.Convert(item);
        var isNew = !ReferenceEquals(converted, item);
        Counts = (
            Counts.Came + 1,
            Counts.Converted + (isNew && converted.Action == ClusterConfigItemAction.Converted ? 1 : 0),
            Counts.Failed + (isNew && converted.Action == ClusterConfigItemAction.Failed ? 1 : 0));
        if (isNew)
            First ??= converted.Failure;
        return converted;
    }

    /// <summary>Converts what is read.</summary>
    public async IAsyncEnumerable<ClusterConfigItem> ConvertAsync(IAsyncEnumerable<ClusterConfigItem> items, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
            yield return Convert(item);
    }

    /// <summary>What is said at the end where something could not be converted; null where all could.</summary>
    public Failure? Incomplete() => Counts.Failed == 0 ? null : new Failure
    {
        Id = "ConversionIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"Not everything could be converted: of {Counts.Came} objects {Counts.Converted} were converted and {Counts.Failed} could not be. First: {First?.Message}",
        Recommendation = "Look at the items whose Action is Failed; each has its Failure with what to do.",
        Target = First?.Target,
    };

    /// <inheritdoc/>
    public void Dispose() => _converter?.Dispose();
}
