using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Configuration.Reading;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>What is read as items: a cluster, or a directory.</summary>
internal sealed record ReadRequest(
    ClusterRequest? Cluster, string? Path, SystemRequest System, ClusterConfigSelection Selection, bool AllowPartial, bool AllowModified, int? ThrottleLimit)
{
    /// <summary>Whether Secrets are read, and what the system names as sensitive.</summary>
    public bool Secrets { get; init; }

    /// <summary>What opens encrypted files.</summary>
    public GivenCertificates? Certificates { get; init; }
}

/// <summary>Reads the configuration of a cluster or a directory as items, and tells what could not be read.</summary>
internal static class ReadOperation
{
    /// <summary>Gives one item for each object, as soon as it is read.</summary>
    public static async IAsyncEnumerable<ClusterConfigItem> RunAsync(
        ReadRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var items = request.Cluster is { } cluster
            ? ReadAsync(cluster, request, host, cancellationToken)
            : ReadAsync(request.Path!, request, host, cancellationToken);
        await foreach (var item in items.ConfigureAwait(false))
            yield return item;
    }

    private static async IAsyncEnumerable<ClusterConfigItem> ReadAsync(
        ClusterRequest cluster, ReadRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chosen = await request.System.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        var source = await cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var system = await chosen.ForAsync(source, request.Selection, host, cancellationToken).ConfigureAwait(false);
            await chosen.TellUncoveredAsync(source, system, request.Selection, host, cancellationToken).ConfigureAwait(false);
            var options = new ReadOptions { System = system.Description, Selection = request.Selection, Secrets = request.Secrets };
            if (request.ThrottleLimit is { } limit)
                options = options with { ThrottleLimit = limit };
            var reader = new ConfigReader(source, options, host);
            await foreach (var item in reader.RunAsync(cancellationToken).ConfigureAwait(false))
                yield return item;
            Tell(source.Context.Name, reader.ObjectCount, reader.Failures, host);
        }
    }

    private static async IAsyncEnumerable<ClusterConfigItem> ReadAsync(
        string path, ReadRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chosen = await request.System.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        using var opening = request.Certificates?.Opening();
        var directory = await ManifestDirectory.OpenAsync(path, cancellationToken, opening, chosen.Catalog.Layouts).ConfigureAwait(false);
        if (directory.Incomplete is { } incomplete && !request.AllowPartial)
            throw new UpgradeException(incomplete);
        if (directory.Layout is { } layout)
            host.Information($"{path} is {layout}; nobody vouches for what is in it.");
        var system = chosen.For(directory) ?? chosen.Catalog.Whole;
        var reader = new DirectoryReader(
            directory, new ReadOptions { System = system.Description, Selection = request.Selection, AllowModified = request.AllowModified, Secrets = request.Secrets }, host);
        await foreach (var item in reader.RunAsync(cancellationToken).ConfigureAwait(false))
            yield return item;
        Tell(path, reader.ObjectCount, reader.Failures, host);
    }

    private static void Tell(string source, long count, IReadOnlyList<Failure> failures, IPipelineHost host)
    {
        host.Information($"{source}: {count} objects read, {failures.Count} failures.");
        if (failures.Count == 0)
            return;
        host.Error(new Failure
        {
            Id = "ConfigIncomplete",
            Kind = FailureKind.Incomplete,
            Message = $"What was read of {source} is not complete: {count} objects read, {failures.Count} failures. First: {failures[0].Message}",
            Recommendation = failures[0].Recommendation ?? "Each failure is an item whose Action is Failed. Mend the cause and read again.",
            Target = source,
        });
    }
}
