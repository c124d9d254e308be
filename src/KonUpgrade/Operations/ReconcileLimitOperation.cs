using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Systems.Kubermatic.Reconciling;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Which limit is meant, and what is to become of it.</summary>
/// <param name="Cluster">The master.</param>
/// <param name="Namespace">The namespace of the KubermaticConfiguration; null for all.</param>
/// <param name="FailingAfter">How long a cluster may be in progress before it counts as failing; null for the engine's own time.</param>
internal sealed record ReconcileLimitRequest(ClusterRequest Cluster, string? Namespace, TimeSpan? FailingAfter)
{
    /// <summary>The limit that came in; null where none did.</summary>
    public ReconcileLimit? Given { get; init; }

    /// <summary>The limit that is to hold; null to put back what was before.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether it is put back also while load remains.</summary>
    public bool Force { get; init; }

    /// <summary>Whether the field is taken from managers that apply it.</summary>
    public bool ForceConflict { get; init; }

    /// <summary>Whether it is waited until the controllers run with the limit.</summary>
    public bool Wait { get; init; }

    /// <summary>How long it is waited; null for the engine's own time.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What the engine is to look at.</summary>
    public ReconcileLimitOptions Options
    {
        get
        {
            var options = new ReconcileLimitOptions { Namespace = Namespace, Name = Given?.Name, Connection = Cluster.Options };
            return FailingAfter is { } time ? options with { FailingAfter = time } : options;
        }
    }
}

/// <summary>Reads and sets the limits of a master.</summary>
internal static class ReconcileLimitOperation
{
    /// <summary>Gives the limits of a master, with the load that remains.</summary>
    public static async IAsyncEnumerable<ReconcileLimit> GetAsync(ReconcileLimitRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var master = await request.Cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (master.ConfigureAwait(false))
        {
            await foreach (var limit in new ReconcileLimitReader(master, request.Options, host).RunAsync(cancellationToken).ConfigureAwait(false))
                yield return limit with { Managed = request.Cluster.Managed };
        }
    }

    /// <summary>Sets a limit, or puts back what was before, and gives it as it is then.</summary>
    public static async IAsyncEnumerable<ReconcileLimit> SetAsync(ReconcileLimitRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var master = await request.Cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (master.ConfigureAwait(false))
        {
            await GivenIdentity.RequireAsync(master, request.Given?.ClusterUid, cancellationToken).ConfigureAwait(false);
            var change = new ReconcileLimitChange { Limit = request.Limit, Force = request.Force, ForceConflict = request.ForceConflict, Uid = request.Given?.Uid };
            var changer = await ReconcileLimitChanger.PrepareAsync(master, request.Options, change, host, cancellationToken).ConfigureAwait(false);
            await using (changer.ConfigureAwait(false))
            {
                // What is as it is to be is no change, and no question.
                if (changer.Words is { } words
                    && !await host.ShouldProcessAsync($"{changer.Now} on {master.Context.Name}", $"{(request.Limit is null ? "Put back" : "Set")} the reconcile limit of every seed: {words}", cancellationToken).ConfigureAwait(false))
                    yield break;
                var limit = await changer.RunAsync(cancellationToken).ConfigureAwait(false);
                Failure? late = null;
                if (request.Wait)
                    (limit, late) = await changer.WaitAsync(request.Timeout, cancellationToken).ConfigureAwait(false);
                yield return limit with { Managed = request.Cluster.Managed };
                if (late is not null)
                    host.Error(late);
            }
        }
    }
}
