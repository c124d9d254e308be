using System.Globalization;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Readiness.Comparing;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>What of two clusters is compared.</summary>
/// <param name="Blue">The cluster that serves.</param>
/// <param name="Green">The cluster that is to serve.</param>
/// <param name="System">The system as which both are seen.</param>
/// <param name="Namespaces">The namespaces that are meant; empty for all.</param>
/// <param name="Changes">What the import into green did.</param>
/// <param name="ExportPath">The export that green was made from, or null.</param>
/// <param name="Wait">How long it is waited until nothing blocks; null for not at all.</param>
/// <param name="Quiet">Whether the answer is true or false, and no error.</param>
internal sealed record HealthComparisonRequest(
    ClusterRequest Blue, ClusterRequest Green, SystemRequest System, IReadOnlyList<string> Namespaces, PipedChanges Changes, string? ExportPath, WaitRequest? Wait, bool Quiet);

/// <summary>Compares green with blue, and tells in what it is not as well.</summary>
internal static class HealthComparisonOperation
{
    /// <summary>Gives a difference as it is found, or at the end whether none blocks.</summary>
    public static async IAsyncEnumerable<object> RunAsync(HealthComparisonRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var verdict = new Verdict(request);
        await foreach (var told in ReadinessTelling.TellAsync(CompareAsync(request, verdict, host, cancellationToken), static difference => difference.IsBlocking, request.Quiet, verdict.Of, host, cancellationToken).ConfigureAwait(false))
            yield return told;
    }

    private static async IAsyncEnumerable<ClusterDifference> CompareAsync(HealthComparisonRequest request, Verdict verdict, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chosen = await request.System.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        if (request.ExportPath is { } path)
            request.Changes.Records.AddExport(await ManifestDirectory.OpenAsync(path, cancellationToken, layouts: chosen.Catalog.Layouts).ConfigureAwait(false));
        var blue = await request.Blue.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (blue.ConfigureAwait(false))
        {
            var green = await request.Green.OpenAsync(host, cancellationToken).ConfigureAwait(false);
            await using (green.ConfigureAwait(false))
            {
                var system = await chosen.ForAsync(blue, new ClusterConfigSelection { Namespace = request.Namespaces }, host, cancellationToken, mayBeSeveral: true).ConfigureAwait(false);
                var options = new HealthComparisonOptions
                {
                    System = system,
                    Checks = SystemChecks.HealthOf(system.Description),
                    Namespaces = request.Namespaces,
                    Wait = request.Wait?.ToWait(),
                    Records = request.Changes.Records,
                };
                var comparer = verdict.Comparer = new HealthComparer(blue, green, options, host);
                var differences = 0L;
                await foreach (var difference in comparer.RunAsync(cancellationToken).ConfigureAwait(false))
                {
                    differences++;
                    yield return difference;
                }
                host.Information($"{green.Context.Name} and {blue.Context.Name}: {comparer.ObjectCount} objects compared as {system.Description.Name}, {differences} differences, {comparer.Failures.Count} failures.");
            }
        }
    }

    // What is not the same weighs more than what could not be seen.
    private sealed class Verdict(HealthComparisonRequest request)
    {
        public HealthComparer? Comparer { get; set; }

        public Failure? Of(IReadOnlyList<ClusterDifference> blocking)
        {
            var failures = Comparer?.Failures ?? [];
            var unseen = failures.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {failures.Count} things could not be read: {failures[0].Message}");
            if (blocking.Count > 0)
            {
                return new Failure
                {
                    Id = "GreenNotEqual",
                    Kind = FailureKind.Incomplete,
                    Message = string.Create(CultureInfo.InvariantCulture, $"{blocking[0].Green} is not what {blocking[0].Blue} is{WaitRequest.Told(request.Wait)}: {(blocking.Count == 1 ? "1 difference blocks" : $"{blocking.Count} differences block")}. First: {$"{blocking[0]}".TrimEnd('.')}.{unseen}"),
                    Recommendation = "Each difference is an object; those that block have IsBlocking. Mend them, or keep traffic where it is.",
                    Target = blocking[0].Green,
                };
            }
            // Two clusters that have nothing of what is meant are not equal for that.
            if (failures.Count == 0)
                return Comparer is not { ObjectCount: 0 } ? null : Nothing();
            return new Failure
            {
                Id = "ComparisonIncomplete",
                Kind = FailureKind.Incomplete,
                Message = $"The comparison is not complete.{unseen}",
                Recommendation = failures[0].Recommendation ?? "Nothing is said of what could not be read. Mend the cause and compare again.",
                Target = failures[0].Target ?? request.Green.Context,
            };
        }

        private Failure Nothing() => new()
        {
            Id = "NothingCompared",
            Kind = FailureKind.NotFound,
            Message = $"Nothing was compared: neither cluster has anything that runs, is reached or keeps data{(request.Namespaces.Count > 0 ? $" in {string.Join(", ", request.Namespaces)}" : "")}, as the system sees it.",
            Recommendation = "Look at the names after -Namespace and -System; Kubernetes compares everything.",
            Target = request.Green.Context,
        };
    }
}
