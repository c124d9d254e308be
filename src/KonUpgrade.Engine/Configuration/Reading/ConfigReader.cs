using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Objects;
using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Manifests.Writing;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Reading;

/// <summary>
/// Reads a cluster's configuration as items, by the rules of an export: kind by kind in the order in which they would be
/// imported, while the next kinds are listed already, in memory that does not grow with the cluster.
/// </summary>
public sealed class ConfigReader(ClusterConnection source, ReadOptions options, IReporter reporter)
{
    // What of a kind may wait for those before it: whole objects, and one may have a megabyte.
    private const int Ahead = 16;

    private readonly ReadTally _tally = new();
    private readonly string _activity = $"Reading {source.Context.Name}";

    /// <summary>What could not be read. Complete when the stream has ended.</summary>
    public IReadOnlyList<Failure> Failures => _tally.Failures;

    /// <summary>How many objects were read. Complete when the stream has ended.</summary>
    public long ObjectCount => _tally.Read;

    /// <summary>
    /// Reads. A kind that can't be listed is an item without a name whose action is Failed, an object that is left out for
    /// what it holds (a Secret) one without a manifest whose action is LeftOut, and the others follow.
    /// </summary>
    /// <exception cref="UpgradeException">No connection, no login, a selection that means nothing (KindNotFound, GroupNotFound, …).</exception>
    public async IAsyncEnumerable<ClusterConfigItem> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in ChannelStream.RunAsync<ClusterConfigItem>(ReadAsync, cancellationToken, Ahead).ConfigureAwait(false))
                yield return item;
            _tally.Tell(reporter, source.Context.Name);
        }
        finally
        {
            reporter.Progress(new ProgressReport { Activity = _activity, Done = _tally.Read, Completed = true });
        }
    }

    private async Task ReadAsync(ChannelWriter<ClusterConfigItem> output, CancellationToken cancellationToken)
    {
        // Alone at first: calls that wait for a server that does not answer wait for each other's connections too.
        var cluster = await source.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        var system = await FoundNamespaces.FindAsync(source.Client, options.System, cancellationToken).ConfigureAwait(false);
        var plan = ListPlan.Make(await source.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false), system, options.Selection, options.Secrets ? SecretHandling.Include : SecretHandling.Skip);
        await NamedNamespaces.CheckAsync(source, options.Selection.Namespace, reporter, cancellationToken).ConfigureAwait(false);
        if (cluster.Why is { } why)
            reporter.Warning($"Which cluster the objects are of can't be told, so an import can't tell whether its target is the same one: {why.Message}");
        var blank = new ClusterConfigItem
        {
            ApiVersion = "",
            Kind = "",
            Action = ClusterConfigItemAction.Read,
            Context = source.Context.Name,
            ClusterUid = cluster.Uid,
            System = options.System.Name,
        };
        foreach (var failure in plan.Failures)
            await output.WriteAsync(Failed(blank with { ApiVersion = ApiCatalog.GroupOf(failure) }, failure), cancellationToken).ConfigureAwait(false);
        await ReadAsync(Ordered(plan), blank, output, cancellationToken).ConfigureAwait(false);
    }

    // Each kind has a pipe of its own. The first ones fill theirs at the same time; they are emptied in order.
    private async Task ReadAsync(
        IReadOnlyList<KindPlan> kinds, ClusterConfigItem blank, ChannelWriter<ClusterConfigItem> output, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pipes = kinds.Select(kind => (Kind: kind, Pipe: Channel.CreateBounded<ClusterConfigItem>(new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true }))).ToList();
        var listing = Parallel.ForEachAsync(
            pipes,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.ThrottleLimit), CancellationToken = stop.Token },
            async (entry, token) =>
            {
                try
                {
                    await ListAsync(entry.Kind, blank with { ApiVersion = entry.Kind.Resource.ApiVersion, Kind = entry.Kind.Resource.Kind }, entry.Pipe.Writer, token).ConfigureAwait(false);
                    entry.Pipe.Writer.Complete();
                }
                catch (Exception exception)
                {
                    entry.Pipe.Writer.Complete(exception);
                    throw;
                }
            });
        try
        {
            foreach (var (_, pipe) in pipes)
            {
                await foreach (var item in pipe.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                    await output.WriteAsync(item, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await listing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListAsync(KindPlan kind, ClusterConfigItem blank, ChannelWriter<ClusterConfigItem> output, CancellationToken cancellationToken)
    {
        using var writer = new ManifestWriter();
        var outcome = new RuleOutcome();
        try
        {
            foreach (var list in kind.Lists)
            {
                await foreach (var o in source.Client.ListAsync(kind.Resource, list, cancellationToken).ConfigureAwait(false))
                {
                    ClusterConfigItem? item;
                    using (o)
                        item = Take(kind, o, blank, writer, outcome);
                    if (item is null)
                        continue;
                    await output.WriteAsync(item, cancellationToken).ConfigureAwait(false);
                    Tell(kind.Resource);
                }
            }
        }
        catch (UpgradeException e)
        {
            if (e is KubernetesApiException { StatusCode: 404 } && await UnservedKinds.IsUnservedAsync(source.Client, kind.Resource, cancellationToken).ConfigureAwait(false))
                reporter.Verbose($"{source.Context.Name}: {kind.Resource} is no longer served");
            else if (SelectionFailures.IsOnlyUntold(kind, e))
                reporter.Warning($"{source.Context.Name}: {SelectionFailures.Untold(kind, e)}");
            else
                await output.WriteAsync(Failed(blank, e.Failure with { Target = e.Failure.Target ?? kind.Resource.ToString() }), cancellationToken).ConfigureAwait(false);
        }
    }

    private ClusterConfigItem? Take(KindPlan kind, KubernetesObject o, ClusterConfigItem blank, ManifestWriter writer, RuleOutcome outcome)
    {
        if (!kind.Includes(o))
            return null;
        var item = blank with { Namespace = o.Namespace, Name = o.Name, Uid = o.Uid };
        try
        {
            kind.Rules.Apply(o, outcome);
            if (outcome.LeftOutReason is { } reason)
            {
                _tally.LeftOut(kind.Resource.KindAndGroup, reason);
                // What stays behind for what it holds is missed on a target sooner than anything else: each is told by name.
                return outcome.IsSensitive ? item with { Action = ClusterConfigItemAction.LeftOut, Reason = reason } : null;
            }

            foreach (var part in outcome.LeftOutParts)
                _tally.LeftOut($"part of {item}", part);
            var json = writer.ToJson(o, outcome.Edits).ToArray();
            _tally.Took();
            return item with
            {
                FieldManager = FieldOwners.Of(o) is [var owner, ..] ? owner.ToString() : null,
                Manifest = new ItemManifest(json, ObjectView.Of),
            };
        }
        catch (UpgradeException e)
        {
            // What is wrong with one object keeps no other one from being read.
            return Failed(item, e.Failure with { Target = o.ToString() });
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or JsonException or KeyNotFoundException)
        {
            // A field of another type than its schema promises: a server takes some of those.
            return Failed(item, SelectionFailures.OddObject(o, kind.MayBeSensitive ? null : e));
        }
    }

    private ClusterConfigItem Failed(ClusterConfigItem item, Failure failure)
    {
        _tally.Failed(failure);
        return item with { Action = ClusterConfigItemAction.Failed, Reason = failure.Message, Failure = failure };
    }

    private List<KindPlan> Ordered(ListPlan plan)
    {
        var order = new ImportOrder(options.System.Import.Order, options.System.Import.Namespaces);
        foreach (var kind in plan.Kinds)
        {
            if (kind.WholeKindReason is { } reason)
                reporter.Verbose($"{source.Context.Name}: {kind.Resource} left out: {reason}");
        }

        return [.. plan.Kinds.Where(kind => kind.WholeKindReason is null)
            .OrderBy(kind => order.PositionOf(kind.Resource.Group, kind.Resource.Kind)).ThenBy(kind => kind.Resource.KindAndGroup, StringComparer.Ordinal)];
    }

    private void Tell(ApiResource resource)
    {
        if (_tally.Read % 100 == 0)
            reporter.Progress(new ProgressReport { Activity = _activity, Status = resource.ToString(), Done = _tally.Read });
    }
}
