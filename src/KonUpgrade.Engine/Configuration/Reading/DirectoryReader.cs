using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using KonUpgrade.Engine.Configuration.Cleaning;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Reading;

/// <summary>Reads a directory or a file of manifests as items, in its own order.</summary>
public sealed class DirectoryReader(ManifestDirectory source, ReadOptions options, IReporter reporter)
{
    private const string Sensitive = "It is sensitive, and is left out unless it is asked for (-Secret Include).";
    private const string Closed = "It is encrypted, and no certificate was given that opens it: give the one that the export was made with (-Certificate, with -Secret Include).";

    private readonly ReadTally _tally = new();
    // What is left out for what it holds was left out before.
    private readonly CleanManifests _clean = new(options.System, SecretHandling.Include);

    /// <summary>What could not be read. Complete when the stream has ended.</summary>
    public IReadOnlyList<Failure> Failures => _tally.Failures;

    /// <summary>How many objects were read. Complete when the stream has ended.</summary>
    public long ObjectCount => _tally.Read;

    /// <summary>
    /// Reads. What can't be read is an item whose action is Failed; what is no manifest, or is left out for what it holds
    /// (a Secret; also one that the export left out), is one whose action is LeftOut; and the others follow.
    /// </summary>
    /// <exception cref="UpgradeException">A selection that means nothing (KindNotFound, …), an export whose list is damaged.</exception>
    public async IAsyncEnumerable<ClusterConfigItem> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var activity = $"Reading {source.Path}";
        try
        {
            await foreach (var item in ChannelStream.RunAsync<ClusterConfigItem>(ReadAsync, cancellationToken).ConfigureAwait(false))
            {
                yield return item;
                if (_tally.Read % 100 == 0)
                    reporter.Progress(new ProgressReport { Activity = activity, Done = _tally.Read });
            }

            _tally.Tell(reporter, source.Path);
        }
        finally
        {
            reporter.Progress(new ProgressReport { Activity = activity, Done = _tally.Read, Completed = true });
        }
    }

    private async Task ReadAsync(ChannelWriter<ClusterConfigItem> output, CancellationToken cancellationToken)
    {
        var names = new SelectedNames(options.Selection);
        var labels = LabelSelector.Read(options.Selection.LabelSelector);
        if (!options.AllowModified)
        {
            foreach (var problem in source.Problems)
                await output.WriteAsync(Failed(Blank("", "", null), problem), cancellationToken).ConfigureAwait(false);
        }

        await foreach (var file in source.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            // Asked first, since it learns from every manifest. A file of which nobody can tell what it holds may hold what is selected.
            var isSelected = names.Includes(file) && IsOfSystem(file.Group, file.Kind, file.Namespace, file.Name);
            if ((isSelected || file.Name.Length == 0) && await ReadAsync(file, labels, cancellationToken).ConfigureAwait(false) is { } item)
                await output.WriteAsync(item, cancellationToken).ConfigureAwait(false);
        }

        foreach (var left in source.ReadLeftOut())
        {
            // Its labels are not known: it may be one of those that are selected.
            var group = ApiResource.GroupOf(left.ApiVersion);
            if (names.Includes(new ObjectKey(group, left.Kind, left.Namespace, left.Name), left.ApiVersion) && IsOfSystem(group, left.Kind, left.Namespace, left.Name))
                await output.WriteAsync(LeftOut(Blank(left.ApiVersion, left.Kind, null) with { Namespace = left.Namespace, Name = left.Name }, left.Reason), cancellationToken).ConfigureAwait(false);
        }

        names.Check(source.Path);
    }

    private async Task<ClusterConfigItem?> ReadAsync(ManifestFile file, LabelSelector? labels, CancellationToken cancellationToken)
    {
        var item = Blank(file.ApiVersion, file.Kind, file.FilePath) with
        {
            Namespace = file.Namespace,
            Name = file.Name.Length > 0 ? file.Name : Path.GetFileName(file.FilePath),
            FieldManager = file.Owner?.ToString(),
        };
        if (file.SkipReason is { } skipped)
            return item with { Action = ClusterConfigItemAction.LeftOut, Reason = skipped };
        if (!options.Secrets && file.IsClosed)
            return LeftOut(item, Closed);

        if (file.Problem is { } problem && !(problem.Id == "ModifiedFile" && options.AllowModified))
            return Failed(item, problem);
        try
        {
            using var o = await file.LoadAsync(cancellationToken).ConfigureAwait(false);
            if (labels is not null && !labels.Matches(o.Metadata.Member("labels"u8)))
                return null;
            // Some are sensitive only for what they hold.
            if (!options.Secrets && options.System.Export.IsSensitive(o))
                return LeftOut(item, Sensitive);

            if (!CleanManifests.IsOfServer(o))
                return Taken(item, o);
            using var clean = _clean.Clean(o, out var leftOut);
            if (clean is not null)
                return Taken(item with { FieldManager = item.FieldManager ?? (FieldOwners.Of(o) is [var owner, ..] ? owner.ToString() : null) }, clean);
            _tally.LeftOut(o.ToString(), leftOut!);
            return null;
        }
        catch (UpgradeException e)
        {
            return Failed(item, e.Failure);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return Failed(item, ManifestFailures.Unreadable(file.FilePath, e));
        }
    }

    private ClusterConfigItem Taken(ClusterConfigItem item, KubernetesObject o)
    {
        _tally.Took();
        return item with { Manifest = new ItemManifest(o.Json.ToArray(), ObjectView.Of) };
    }

    // It has no manifest, and is passed on by name: whoever imports what was read hears of it.
    private ClusterConfigItem LeftOut(ClusterConfigItem item, string reason)
    {
        _tally.LeftOut(item.Kind, reason);
        return item with { Action = ClusterConfigItemAction.LeftOut, Reason = reason };
    }

    private ClusterConfigItem Failed(ClusterConfigItem item, Failure failure)
    {
        _tally.Failed(failure);
        return item with { Action = ClusterConfigItemAction.Failed, Reason = failure.Message, Failure = failure };
    }

    private ClusterConfigItem Blank(string apiVersion, string kind, string? file) => new()
    {
        ApiVersion = apiVersion,
        Kind = kind,
        Action = ClusterConfigItemAction.Read,
        Path = file,
        Context = source.Context,
        ClusterUid = source.ClusterUid,
        System = options.System.Name,
    };

    private bool IsOfSystem(string group, string kind, string? ns, string name)
    {
        var export = options.System.Export;
        return (export.Kinds.Count == 0 || KindPattern.Matches(export.Kinds, group, kind)) && export.Includes(group.Length == 0 ? kind : $"{kind}.{group}", ns, name);
    }
}
