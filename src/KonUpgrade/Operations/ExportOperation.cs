using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Manifests.Descriptions;
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
            if (system.Family is not null)
            {
                await chosen.TellUncoveredAsync(source, system, request.Selection, host, cancellationToken).ConfigureAwait(false);
                await foreach (var made in FamilyAsync(request, system, source, sealing, host, cancellationToken).ConfigureAwait(false))
                    yield return made;
                yield break;
            }

            if (!await host.ShouldProcessAsync(request.Path, $"Export the configuration of {source.Context.Name}", cancellationToken).ConfigureAwait(false))
                yield break;
            await chosen.TellUncoveredAsync(source, system, request.Selection, host, cancellationToken).ConfigureAwait(false);
            await foreach (var made in OneAsync(source, Options(request, system.Description, sealing), request.Items, host, cancellationToken).ConfigureAwait(false))
                yield return made;
        }
    }

    // Where a system runs on several clusters, each has an export of its own. One that can't be exported does not keep the others from it.
    private static async IAsyncEnumerable<object> FamilyAsync(
        ExportRequest request, SystemDefinition system, ClusterConnection source, SealingKey? sealing, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var members = await system.Family!.FindAsync(source, system.Description, request.Source.Options, host, cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var member in members)
            {
                var path = Path.Combine(request.Path, member.Folder);
                var cluster = member.Connection ?? source;
                var name = cluster.Context.Name;
                if (member.Failure is { } unreachable)
                {
                    host.Error(unreachable, target: path);
                    continue;
                }
                if (!await host.ShouldProcessAsync(path, $"Export the configuration of {name}, a {member.Role}", cancellationToken).ConfigureAwait(false))
                    continue;
                var options = Options(request with { Path = path }, member.System, sealing) with { Role = member.Role, Reported = member.Reported };
                var made = OneAsync(cluster, options, request.Items, host, cancellationToken).GetAsyncEnumerator(cancellationToken);
                await using (made.ConfigureAwait(false))
                {
                    while (await NextAsync(made, member, path, host).ConfigureAwait(false))
                        yield return made.Current;
                }
            }
        }
        finally
        {
            await FamilyMember.CloseAsync(members).ConfigureAwait(false);
        }
    }

    // What is wrong with the cluster that was named ends the command, as ever; what is wrong with another one is told.
    private static async Task<bool> NextAsync(IAsyncEnumerator<object> made, FamilyMember member, string path, IPipelineHost host)
    {
        try
        {
            return await made.MoveNextAsync().ConfigureAwait(false);
        }
        catch (UpgradeException exception) when (member.Connection is not null)
        {
            host.Error(exception.Failure, exception, path);
            return false;
        }
    }

    private static async IAsyncEnumerable<object> OneAsync(
        ClusterConnection source, ExportOptions options, bool items, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var export in new ConfigExporter(source, options, host).RunAsync(cancellationToken).ConfigureAwait(false))
        {
            if (items)
            {
                await foreach (var item in ExportedItems.ReadAsync(export, cancellationToken).ConfigureAwait(false))
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

    private static ExportOptions Options(ExportRequest request, SystemDescription system, SealingKey? sealing)
    {
        var options = new ExportOptions
        {
            Path = request.Path,
            System = system,
            Selection = request.Selection,
            ReplaceExport = request.Replace,
            Secret = request.Secret,
            Sealing = sealing,
        };
        return request.ThrottleLimit is { } limit ? options with { ThrottleLimit = limit } : options;
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
