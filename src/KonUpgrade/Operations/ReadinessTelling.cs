using System.Globalization;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>How the outcome of checks comes out of a command: as objects and one error at the end, or as true or false.</summary>
internal static class ReadinessTelling
{
    /// <summary>Tells the outcome of checks.</summary>
    /// <param name="checks">The checks as they come.</param>
    /// <param name="quiet">Whether the answer is true or false.</param>
    /// <param name="verdict">Makes the error at the end, of what blocks.</param>
    /// <param name="host">The pipeline.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static IAsyncEnumerable<object> TellAsync(
        IAsyncEnumerable<ReadinessCheck> checks, bool quiet, Func<IReadOnlyList<ReadinessCheck>, Failure> verdict, IPipelineHost host, CancellationToken cancellationToken) =>
        TellAsync(checks, static check => check.IsBlocking, quiet, blocking => blocking.Count == 0 ? null : verdict(blocking), host, cancellationToken);

    /// <summary>Tells it.</summary>
    /// <param name="found">The checks, or what was found, as they come.</param>
    /// <param name="blocks">Whether one of them blocks.</param>
    /// <param name="quiet">Whether the answer is true or false.</param>
    /// <param name="verdict">Makes the error at the end, of what blocks; null where nothing is the matter.</param>
    /// <param name="host">The pipeline.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async IAsyncEnumerable<object> TellAsync<T>(
        IAsyncEnumerable<T> found, Func<T, bool> blocks, bool quiet, Func<IReadOnlyList<T>, Failure?> verdict, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var blocking = new List<T>();
        await foreach (var one in found.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (blocks(one))
                blocking.Add(one);
            if (!quiet)
                yield return one;
        }

        var problem = verdict(blocking);
        if (quiet)
            yield return problem is null;
        else if (problem is not null)
            host.Error(problem);
    }

    /// <summary>The error at the end.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="what">What the cluster is not, as the end of a sentence.</param>
    /// <param name="blocking">The checks that block.</param>
    public static Failure Verdict(string id, string what, IReadOnlyList<ReadinessCheck> blocking) => new()
    {
        Id = id,
        Kind = FailureKind.Incomplete,
        Message = string.Create(
            CultureInfo.InvariantCulture,
            $"{blocking[0].Cluster} {what}: {blocking.Count} {(blocking.Count == 1 ? "check says so or could not be made" : "checks say so or could not be made")} ({NameList.Some([.. blocking.Select(check => check.Id)])}). First: {blocking[0].Message}"),
        Recommendation = (blocking[0].Findings is [{ Remedy: { } own }, ..] ? own : blocking[0].Remedy) ?? "Each check tells in its Findings what it found. -Exclude leaves out what is known.",
        Target = blocking[0].Cluster,
    };
}
