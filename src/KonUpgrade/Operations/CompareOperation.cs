using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Configuration.Comparing;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>What is compared with what.</summary>
internal sealed record CompareRequest(
    SideRequest Reference,
    SideRequest Difference,
    SystemRequest System,
    ClusterConfigSelection Selection,
    bool AllowPartial,
    int? ThrottleLimit)
{
    /// <summary>What opens encrypted files.</summary>
    public GivenCertificates? Certificates { get; init; }
}

/// <summary>Compares two sides: finds out what each is, lets the engine work, and tells what could not be seen.</summary>
internal static class CompareOperation
{
    /// <summary>Gives one difference for each object that is not the same.</summary>
    public static async IAsyncEnumerable<ClusterConfigDifference> RunAsync(
        CompareRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chosen = await request.System.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        using var opening = request.Certificates?.Opening();
        var reference = await ComparedSide.OpenAsync(request.Reference, opening, chosen.Catalog.Layouts, host, cancellationToken).ConfigureAwait(false);
        await using (reference.ConfigureAwait(false))
        {
            var difference = await ComparedSide.OpenAsync(request.Difference, opening, chosen.Catalog.Layouts, host, cancellationToken).ConfigureAwait(false);
            await using (difference.ConfigureAwait(false))
            {
                reference.Check(request.AllowPartial);
                difference.Check(request.AllowPartial);
                var options = new CompareOptions
                {
                    System = await SystemAsync(chosen, reference, difference, request.Selection, host, cancellationToken).ConfigureAwait(false),
                    Selection = Selection(request, reference.Export, difference.Export, host),
                };
                if (request.ThrottleLimit is { } limit)
                    options = options with { ThrottleLimit = limit };
                var comparer = new ConfigComparer(reference.Source, difference.Source, options, host);
                long differences = 0;
                await foreach (var found in comparer.RunAsync(cancellationToken).ConfigureAwait(false))
                {
                    differences++;
                    yield return found;
                }

                var failures = comparer.Failures;
                host.Information($"{reference.Source.Name} and {difference.Source.Name}: {comparer.ObjectCount} objects compared, {differences} differ, {failures.Count} failures.");
                if (failures.Count > 0)
                    host.Error(Incomplete(comparer, differences, failures));
            }
        }
    }

    private static async Task<SystemDefinition> SystemAsync(
        ChosenSystem chosen, ComparedSide reference, ComparedSide difference, ClusterConfigSelection selection, IPipelineHost host, CancellationToken cancellationToken)
    {
        if (chosen.Named is { } named)
            return named;
        if (reference.SystemName is { } one && difference.SystemName is { } other && one != other)
            host.Warning($"One side was exported as {one}, the other as {other}; both are compared as {one}. -System names another.");
        if ((reference.SystemName ?? difference.SystemName) is { } exported)
            return chosen.Catalog.Get(exported);
        return (reference.Connection ?? difference.Connection) is { } cluster
            ? await chosen.ForAsync(cluster, selection, host, cancellationToken).ConfigureAwait(false)
            : chosen.Catalog.Whole;
    }

    // What was left out of an export by its selection is no difference.
    private static ClusterConfigSelection Selection(CompareRequest request, ClusterConfigExport? reference, ClusterConfigExport? difference, IPipelineHost host)
    {
        if (!request.Selection.IsEverything())
            return request.Selection;
        var narrow = reference?.Selection is { } ofReference && !ofReference.IsEverything() ? reference : difference;
        if (narrow is null || narrow.Selection.IsEverything())
            return request.Selection;
        host.Verbose($"{narrow.Path} holds a selection of {narrow.Context}: the comparison keeps to it. -Namespace, -Kind, -Group and -LabelSelector name another.");
        return narrow.Selection;
    }

    private static Failure Incomplete(ConfigComparer comparer, long differences, IReadOnlyList<Failure> failures) => new()
    {
        Id = "ComparisonIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"The comparison is not complete: {comparer.ObjectCount} objects compared, {differences} differ, {failures.Count} failures. First: {failures[0].Message}",
        Recommendation = failures[0].Recommendation ?? "Nothing is said of what could not be read. Mend the cause and compare again.",
        Target = failures[0].Target,
    };
}
