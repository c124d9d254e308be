using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>
/// Exports a cluster's configuration into a directory: kinds are listed at the same time, and their objects go through
/// the rules into files while the lists still come in, in memory that does not grow with the cluster. What is there
/// from an earlier export stays as it is until the new one is whole.
/// </summary>
public sealed class ConfigExporter(ClusterConnection source, ExportOptions options, IReporter reporter)
{
    // Enough for the workers to have something to do, and little enough for memory to stay small.
    private const int MaxBatches = 3;

    private readonly YoungMemory _memory = new();
    private readonly string _activity = $"Exporting {source.Context.Name}";

    /// <summary>Exports. What comes out is the one export, once it is in its place.</summary>
    /// <exception cref="UpgradeException">
    /// What makes the whole export impossible: no connection, no login, a selection that means nothing (KindNotFound,
    /// GroupNotFound, NamespaceNotFound, …), a directory that can't be used (OtherExport, DirectoryBusy, DiskFull, …).
    /// What concerns one kind or object is in the export's failures.
    /// </exception>
    public async IAsyncEnumerable<ClusterConfigExport> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ClusterConfigExport export;
        try
        {
            export = await ExportAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            reporter.Progress(new ProgressReport { Activity = _activity, Completed = true });
        }

        yield return export;
    }

    // A key that was given beside another handling is not used.
    private SealingKey? Sealing => options.Secret == SecretHandling.Encrypt ? options.Sealing : null;

    private async Task<ClusterConfigExport> ExportAsync(CancellationToken cancellationToken)
    {
        if (options.Secret == SecretHandling.Encrypt && options.Sealing is null)
            throw ExportFailures.CertificateMissing();
        var clock = Stopwatch.StartNew();
        reporter.Progress(new ProgressReport { Activity = _activity, Status = "Asking the cluster what it serves" });
        // Alone at first: calls that wait for a server that does not answer wait for each other's connections too.
        var cluster = await source.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        var version = source.Client.GetVersionAsync(cancellationToken);
        var catalog = source.Client.DiscoverAsync(cancellationToken);
        await Task.WhenAll(version, catalog).ConfigureAwait(false);
        var plan = await ClusterSelection.ReadAsync(source, await catalog.ConfigureAwait(false), options.System, options.Selection, options.Secret, reporter, cancellationToken).ConfigureAwait(false);
        if (cluster.Why is { } why)
            reporter.Warning($"The export has no identity of its cluster, so an import can't tell whether its target is the same one: {why.Message}");
        var now = new ClusterConfigExport
        {
            Path = Path.GetFullPath(options.Path),
            Context = source.Context.Name,
            ClusterUid = cluster.Uid,
            ServerVersion = (await version.ConfigureAwait(false)).GitVersion,
            System = options.System.Name,
            Role = options.Role,
            Selection = options.Selection,
            Secret = options.Secret,
            EncryptionKeyId = Sealing?.KeyId,
            Complete = false,
            ObjectCount = 0,
            LeftOutCount = 0,
        };
        if (options.Secret == SecretHandling.Include)
            reporter.Warning($"Secrets are written in the clear to {now.Path}: whoever can read the files has them. -Secret Encrypt writes them for the holder of a key alone.");
        using var target = await ExportTarget.OpenAsync(options, now, _memory, reporter, cancellationToken).ConfigureAwait(false);
        var runs = Path.Combine(ExportCommit.StagingPath(target.Directory), "runs");
        using var files = new LineSorter(runs, "files");
        using var leftOut = new LineSorter(runs, "left-out");
        var tally = new ExportTally(leftOut);
        foreach (var failure in plan.Failures)
            tally.Failed(failure);
        await TransferAsync(plan, target, files, tally, cancellationToken).ConfigureAwait(false);
        CheckCounts(plan, tally);
        if (plan.Kinds.Count > 0 && tally.ListedKinds == 0 && tally.Failures.Count > 0)
            throw new UpgradeException(tally.Failures[0]);
        return await FinishAsync(plan, target, files, leftOut, tally, now, clock, cancellationToken).ConfigureAwait(false);
    }

    private void CheckCounts(ListPlan plan, ExportTally tally)
    {
        // A part of a kind can't be held against a count of the whole.
        if (options.Selection.Namespace.Count > 0 || !string.IsNullOrEmpty(options.Selection.LabelSelector))
            return;
        foreach (var reported in options.Reported)
        {
            if (plan.Kinds.FirstOrDefault(kind => kind.Resource.KindAndGroup == reported.Kind) is { } kind && tally.SeenOf(kind) is { } seen && seen != reported.Count)
                tally.Failed(ExportFailures.CountDiffers(source.Context.Name, reported, seen));
        }
    }

    private async Task TransferAsync(ListPlan plan, ExportTarget target, LineSorter files, ExportTally tally, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<ObjectBatch>(new BoundedChannelOptions(MaxBatches) { SingleReader = false, SingleWriter = false });
        var workers = Enumerable.Repeat(() => WorkAsync(channel.Reader, target, files, tally, stop.Token), Math.Clamp(Environment.ProcessorCount, 1, 8));
        try
        {
            await JointWork.RunAsync([ListAsync, .. workers], stop).ConfigureAwait(false);
        }
        finally
        {
            while (channel.Reader.TryRead(out var batch))
                batch.Dispose();
        }

        async Task ListAsync()
        {
            try
            {
                await new KindListing(source.Client, plan, tally, reporter).RunAsync(channel.Writer, options.ThrottleLimit, stop.Token).ConfigureAwait(false);
            }
            finally
            {
                channel.Writer.Complete();
            }
        }
    }

    private async Task WorkAsync(ChannelReader<ObjectBatch> input, ExportTarget target, LineSorter files, ExportTally tally, CancellationToken cancellationToken)
    {
        using var worker = new ExportWorker(target, files, tally, Sealing);
        await foreach (var batch in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            using (batch)
                worker.Take(batch, cancellationToken);
            _memory.Tidy();
            reporter.Progress(new ProgressReport { Activity = _activity, Status = batch.Plan.Resource.ToString(), Done = tally.Exported });
        }

        worker.Flush();
    }

    private async Task<ClusterConfigExport> FinishAsync(
        ListPlan plan, ExportTarget target, LineSorter files, LineSorter leftOut, ExportTally tally, ClusterConfigExport now, Stopwatch clock, CancellationToken cancellationToken)
    {
        reporter.Progress(new ProgressReport { Activity = _activity, Status = "Putting the files in their place", Done = tally.Exported });
        var merge = new FilesMerge(target, tally, plan.Failures.Count == 0, plan.Kinds.Select(kind => kind.Folder).ToHashSet(StringComparer.Ordinal));
        string filesSha256, leftOutSha256;
        try
        {
            filesSha256 = merge.Write(files);
            leftOutSha256 = LeftOutFile.Write(Path.Combine(ExportCommit.RecordsPath(target.Directory), ExportLayout.LeftOut), leftOut);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(target.Directory, exception);
        }

        var failures = tally.Failures;
        var export = now with
        {
            Complete = failures.Count == 0,
            ObjectCount = tally.Exported,
            LeftOutCount = tally.LeftOutCount,
            Failures = failures,
            ExportedAt = DateTimeOffset.UtcNow,
            Duration = clock.Elapsed,
        };
        await target.CommitAsync(
            new ExportSummary { Export = export, FilesSha256 = filesSha256, LeftOutSha256 = leftOutSha256, KeptCount = merge.Kept },
            cancellationToken).ConfigureAwait(false);
        if (export is { ObjectCount: 0, Complete: true })
            reporter.Warning(EmptyExport.Warning(source.Context.Name, options, plan, export));
        if (target.Earlier is { Export.Secret: not SecretHandling.Skip } earlier && options.Secret == SecretHandling.Skip && !target.Replaces)
            reporter.Warning($"{target.Directory}: the earlier export had Secrets (-Secret {earlier.Export.Secret}), and this one leaves them out: their files are gone.");
        if (merge.Removed > 0)
            reporter.Verbose($"{target.Directory}: {merge.Removed} files of the earlier export removed");
        if (merge.Kept > 0)
            reporter.Warning($"{merge.Kept} files of the earlier export were kept, since their kinds could not be listed or their objects could not be exported.");
        export = export with { Duration = clock.Elapsed };
        reporter.Information(string.Create(
            CultureInfo.InvariantCulture,
            $"{source.Context.Name}: {export.ObjectCount} objects exported, {export.LeftOutCount} left out, {failures.Count} failures, in {export.Duration.TotalSeconds:0.0} s: {target.Directory}"));
        return export;
    }
}
