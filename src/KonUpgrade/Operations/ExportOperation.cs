using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>What is exported, from where and to where.</summary>
internal sealed record ExportRequest(
    ClusterRequest Source, string Path, SystemRequest System, ClusterConfigSelection Selection, int? ThrottleLimit, bool Items, bool Replace)
{
    /// <summary>What becomes of Secrets.</summary>
    public SecretHandling Secret { get; init; }

    /// <summary>For whom they are encrypted.</summary>
    public GivenCertificates? Certificate { get; init; }
}

/// <summary>Exports a cluster's configuration: opens, asks, lets the engine work, and tells how it ended.</summary>
internal static class ExportOperation
{
    /// <summary>Gives the export, or its items where they are asked for.</summary>
    public static async IAsyncEnumerable<object> RunAsync(
        ExportRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chosen = await request.System.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        using var sealing = request.Certificate?.Sealing();
        var source = await request.Source.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var system = await chosen.ForAsync(source, request.Selection, host, cancellationToken).ConfigureAwait(false);
            if (!await host.ShouldProcessAsync(request.Path, $"Export the configuration of {source.Context.Name}", cancellationToken).ConfigureAwait(false))
                yield break;

            await chosen.TellUncoveredAsync(source, system, request.Selection, host, cancellationToken).ConfigureAwait(false);
            var options = new ExportOptions { Path = request.Path, System = system.Description, Selection = request.Selection, ReplaceExport = request.Replace, Secret = request.Secret, Sealing = sealing };
            if (request.ThrottleLimit is { } limit)
                options = options with { ThrottleLimit = limit };
            var exporter = new ConfigExporter(source, options, host);
            await foreach (var export in exporter.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                if (request.Items)
                {
                    await foreach (var item in ExportedItems.ReadAsync(export.Path, cancellationToken).ConfigureAwait(false))
                        yield return item;
                }
                else
                {
                    yield return export;
                }

                if (!export.Complete)
                    host.Error(Incomplete(export), target: export);
            }
        }
    }

    private static Failure Incomplete(ClusterConfigExport export) => new()
    {
        Id = "ExportIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"The export of {export.Context} is not complete: {export.ObjectCount} objects exported, {export.LeftOutCount} left out, {export.Failures.Count} failures. First: {(export.Failures.Count > 0 ? export.Failures[0].Message : "")}",
        Recommendation = "The property Failures has each one. Mend the cause and export again, or import with -AllowPartial what is there.",
        Target = export.Path,
    };
}
