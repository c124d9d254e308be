using System.Threading.Channels;
using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Objects;
using KonUpgrade.Engine.Configuration.Importing.Planning;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing;

/// <summary>One run through a plan: position by position, within a position many objects at once, owned objects after their owners.</summary>
internal sealed class ImportRun
{
    // Objects on hand for each one that may be written at a time: one is read while another is on the wire.
    private const int OnHand = 2;

    private readonly ImportPlan _plan;
    private readonly ImportOptions _options;
    private readonly IReporter _reporter;
    private readonly ChannelWriter<ClusterConfigChange> _changes;
    private readonly string _activity;
    private readonly CustomResources _customResources;
    private readonly BackEnds _backEnds;
    private readonly ObjectImport _import;
    private readonly MissingReferences _references;
    private readonly ImportChanges _told;
    private readonly YoungMemory _memory = new();
    private readonly long _total;
    private long _done;

    public ImportRun(
        ImportPlan plan, ClusterConnection target, ImportOptions options, SemaphoreSlim writes, IReporter reporter, ChannelWriter<ClusterConfigChange> changes, string activity)
    {
        _plan = plan;
        _options = options;
        _reporter = reporter;
        _changes = changes;
        _activity = activity;
        _total = plan.Summary.ObjectCount;
        var parts = ImportParts.For(plan, target, options, writes, reporter);
        _import = parts.Import;
        _customResources = parts.CustomResources;
        _backEnds = parts.BackEnds;
        _references = parts.References;
        _told = parts.Changes;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunAllAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // What was written is told, whatever ended the rest.
            foreach (var change in _references.Release())
                await WriteAsync(change, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private async Task RunAllAsync(CancellationToken cancellationToken)
    {
        await TellFailedAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (item, reason) in _plan.Skipped)
            await TellAsync(item, _told.Skipped(item, reason), cancellationToken).ConfigureAwait(false);
        var items = _plan.Items;
        for (var begin = 0; begin < items.Count;)
        {
            var end = begin;
            while (end < items.Count && items[end].Position == items[begin].Position)
                end++;
            var stage = items[begin].Position.Stage;
            _reporter.Verbose($"{_activity}: {stage}, {end - begin} object(s)");
            await ImportQueue.RunAsync(items, begin, end, _options.ThrottleLimit * OnHand, ProcessAsync, cancellationToken).ConfigureAwait(false);
            if (stage == ImportStage.CustomResourceDefinitions)
                await _customResources.RefreshAsync(cancellationToken).ConfigureAwait(false);
            else if (stage == ImportStage.Admission)
                _backEnds.Forget();
            begin = end;
        }

        await foreach (var change in _references.ResolveAsync(cancellationToken).ConfigureAwait(false))
            await WriteAsync(change, cancellationToken).ConfigureAwait(false);
    }

    private async Task TellFailedAsync(CancellationToken cancellationToken)
    {
        if (_plan.Failed.Count == 0)
            return;
        var others = _plan.Items.Select(item => item.Key).Concat(_plan.Skipped.Select(skipped => skipped.Item.Key)).ToHashSet();
        foreach (var (item, failure) in _plan.Failed)
        {
            var change = _told.Failed(item, failure);
            // What is there twice fails the second time; what becomes of the object is said by the first.
            if (others.Contains(item.Key))
                await WriteAsync(change, cancellationToken).ConfigureAwait(false);
            else
                await TellAsync(item, change, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>The objects that waited for this one; or what it waits for itself, which leaves it open.</returns>
    private async Task<(IReadOnlyList<ImportItem> Released, Task? Pending)> ProcessAsync(ImportItem item, Failure? failure, CancellationToken cancellationToken)
    {
        _memory.Tidy();
        ImportStep step;
        if (failure is not null)
            step = new ImportStep(_told.Failed(item, failure));
        else if (_plan.Ledger.Wait(item, out var circle))
            return ([], null);
        else if (circle is not null)
            step = new ImportStep(_told.Failed(item, ImportFailures.OwnerCircle(item, circle.Select(k => k.ToString()))));
        else
            step = await _import.RunAsync(item, cancellationToken).ConfigureAwait(false);
        if (step.Pending is not null)
            return ([], step.Pending);
        if (step.Change is not { } change)
        {
            Interlocked.Increment(ref _done);
            return (_plan.Ledger.Finish(item.Key, new ImportLedger.Outcome(ClusterConfigChangeAction.Skipped, null, "it is not selected")), null);
        }
        await _customResources.NoteFailureAsync(item, change, cancellationToken).ConfigureAwait(false);
        return (await TellAsync(item, change, cancellationToken).ConfigureAwait(false), null);
    }

    private async Task<IReadOnlyList<ImportItem>> TellAsync(ImportItem item, ClusterConfigChange change, CancellationToken cancellationToken)
    {
        _plan.Hook?.Finished(item.Key, change);
        var released = _plan.Ledger.Finish(item.Key, new ImportLedger.Outcome(change.Action, change.Uid, change.Reason));
        if (!_references.Keep(item, change))
            await WriteAsync(change, cancellationToken).ConfigureAwait(false);
        return released;
    }

    private async Task WriteAsync(ClusterConfigChange change, CancellationToken cancellationToken)
    {
        // The UID of a dry run is nobody's.
        if (_options.DryRun && change.Action == ClusterConfigChangeAction.Created)
            change = change with { Uid = null };
        await _changes.WriteAsync(change, cancellationToken).ConfigureAwait(false);
        var done = Interlocked.Increment(ref _done);
        _reporter.Progress(new ProgressReport { Activity = _activity, Status = $"{change.ApiVersion} {change.Kind}", Done = done, Total = _total });
    }
}
