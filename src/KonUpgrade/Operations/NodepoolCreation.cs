using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Waiting;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>A pool that is to be made.</summary>
/// <param name="Pools">The cluster, and who keeps its pools.</param>
/// <param name="Name">The name.</param>
/// <param name="Shape">What was asked for.</param>
internal sealed record NodepoolCreationRequest(NodepoolRequest Pools, string Name, NodepoolShape Shape)
{
    /// <summary>The pool that is copied, or the name of one of the same cluster; null for none.</summary>
    public object? Like { get; init; }

    /// <summary>What makes the call one and the same when it is sent again; null for a new one.</summary>
    public string? Token { get; init; }

    /// <summary>How long it is waited for; null for not at all.</summary>
    public NodepoolWaitOptions? Wait { get; init; }
}

/// <summary>Makes pools.</summary>
internal static class NodepoolCreation
{
    /// <summary>Gives the pool when it is ready; or, where it is not waited for, as it is when it was begun.</summary>
    public static async IAsyncEnumerable<Nodepool> RunAsync(NodepoolCreationRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var search = await NodepoolSearch.OpenAsync(request.Pools, host, cancellationToken).ConfigureAwait(false);
        await using (search.ConfigureAwait(false))
        {
            var context = search.Cluster.Context.Name;
            var keeper = search.Keeper ?? throw new UpgradeException(NodepoolFailures.NotOffered(context, request.Name));
            var like = request.Like switch
            {
                string name => await search.FindLikeAsync(name, cancellationToken).ConfigureAwait(false),
                var other => other as Nodepool,
            };
            // With a token of its own the call may have been sent before: the service knows it again.
            var shape = await keeper.CompleteAsync(request.Name, request.Shape, like, cancellationToken, mayExist: request.Token is not null).ConfigureAwait(false);
            var words = ShapeWords.Of(shape);
            host.Verbose($"The pool {request.Name} of {context}{(like is null ? "" : $", like {like.Name} of {like.Context ?? "another cluster"}")}: {words}.");
            if (!await host.ShouldProcessAsync($"{request.Name} of {context}", $"Create node pool: {words}", cancellationToken).ConfigureAwait(false))
                yield break;
            await keeper.CreateAsync(request.Name, shape, request.Token, cancellationToken).ConfigureAwait(false);
            host.Information($"Pool {request.Name} of {context} is being made.");
            var made = await keeper.FindAsync(request.Name, cancellationToken).ConfigureAwait(false)
                ?? throw new UpgradeException(NodepoolFailures.NameNotFound(context, request.Name, []));
            if (request.Wait is { } wait)
                made = await ReadyAsync(search, keeper, made, wait, host, cancellationToken).ConfigureAwait(false);
            yield return search.Told(made);
        }
    }

    private static async Task<Nodepool> ReadyAsync(
        NodepoolSearch search, INodepoolKeeper keeper, Nodepool made, NodepoolWaitOptions wait, IPipelineHost host, CancellationToken cancellationToken)
    {
        try
        {
            return await new NodepoolWaiter(search.Cluster, host).ReadyAsync(keeper, made, wait, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (e.Failure.Kind == FailureKind.Incomplete)
        {
            // It never will be, and it keeps its name.
            throw new UpgradeException(e.Failure with { Recommendation = $"{e.Failure.Recommendation} What was made of it stays until Remove-Nodepool {made.Name} -NoDrain takes it away.".TrimStart() }, e);
        }
    }
}
