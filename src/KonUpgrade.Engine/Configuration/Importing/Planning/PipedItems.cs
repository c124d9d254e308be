using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Planning;

/// <summary>
/// Items that come down a pipeline, on their way into an import: an import needs all of them before it begins, so they
/// wait on the disk. They are put in by one thread; nothing of them is left once this is disposed of.
/// </summary>
/// <param name="unwrap">Takes the wrapping of a scripting language off a value, or gives the value itself.</param>
public sealed class PipedItems(Func<object, object?> unwrap) : IDisposable
{
    // What messages call the place that the items come from.
    private const string Place = "the pipeline";

    private readonly ManifestSpool _spool = ManifestSpool.Create();
    private readonly ObjectWriter _writer = new(unwrap);
    private readonly Dictionary<string, string> _clusters = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _systems = new(StringComparer.Ordinal);
    private readonly List<Failure> _unread = [];
    private readonly List<LeftOutObject> _leftOut = [];
    private string? _context;
    private long _came;

    /// <summary>Where they wait on the disk.</summary>
    internal string Folder => _spool.Folder;

    /// <summary>Puts an item in. One that is no manifest any more fails alone, when the import comes to it.</summary>
    /// <exception cref="UpgradeException">The disk is full, or the like.</exception>
    public void Add(ClusterConfigItem item)
    {
        _came++;
        if (item.ClusterUid is { } uid)
            _clusters.TryAdd(uid, item.Context ?? uid);
        else if (item.Context is { } context)
            _unknown.Add(context);
        _context ??= item.Context;
        if (item.System is { } system)
            _systems.Add(system);
        var origin = item.Path ?? $"{Place} (object {_came})";
        switch (item)
        {
            case { Action: ClusterConfigItemAction.Failed, Name: null }:
                // What is missing of the source is not known one by one.
                _unread.Add(item.Failure ?? Unread(item));
                return;
            case { Action: ClusterConfigItemAction.Failed }:
                _spool.Add(Known(item, origin, item.Failure ?? Unread(item), null));
                return;
            case { IsEmptied: true, Action: not ClusterConfigItemAction.LeftOut }:
                _spool.Add(Known(item, origin, ObjectFailures.Emptied(item), null));
                return;
            case { Action: ClusterConfigItemAction.LeftOut, Name: { } name, Kind.Length: > 0 }:
                // Somebody may have put another one in its place, which then counts.
                _leftOut.Add(new LeftOutObject(item.ApiVersion, item.Kind, item.Namespace, name, item.Reason ?? "It was left out."));
                return;
            case { Manifest: null }:
                if (item.Name is not null)
                    _spool.Add(Known(item, origin, null, item.Reason ?? "It has no manifest."));
                return;
        }

        try
        {
            var manifest = item.Manifest;
            var json = manifest.IsSeen ? _writer.ToJson(manifest.Object, manifest.Json) : manifest.Json;
            _spool.Add(json, Owner(item.FieldManager), origin);
        }
        catch (UpgradeException exception) when (exception.Failure.Kind == FailureKind.InvalidData)
        {
            _spool.Add(Known(item, origin, exception.Failure with { Message = $"{item}: {exception.Failure.Message}", Target = item.ToString() }, null));
        }
    }

    /// <summary>The items as a directory that an import reads.</summary>
    /// <exception cref="UpgradeException">SeveralClusters, SeveralSystems: they can't be imported as one.</exception>
    /// <param name="system">The system as which they are imported, or null for the one by whose rules they were read.</param>
    public ManifestDirectory ToDirectory(string? system)
    {
        // One that has no identity may be any cluster, also the target: that of the others says nothing of it.
        if (_clusters.Count + _unknown.Count > 1)
            throw new UpgradeException(ImportFailures.SeveralClusters([.. _clusters.Values, .. _unknown.Select(context => $"{context} (which does not tell its identity)")]));
        if (system is null && _systems.Count > 1)
            throw new UpgradeException(ImportFailures.SeveralSystems(_systems));
        return new ManifestDirectory(Place, _spool)
        {
            IsPiped = true,
            Context = _context,
            ClusterUid = _clusters.Keys.FirstOrDefault(),
            SystemName = _systems.FirstOrDefault(),
            LeftOut = _leftOut,
            Incomplete = _unread.Count == 0 ? null : ImportFailures.Unread(_unread),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _spool.Dispose();
        _writer.Dispose();
    }

    private static ManifestFile Known(ClusterConfigItem item, string origin, Failure? problem, string? skipped) => new(NoContent.Instance)
    {
        FilePath = origin,
        ApiVersion = item.ApiVersion,
        Kind = item.Kind,
        Namespace = item.Namespace,
        Name = item.Name ?? "",
        Problem = problem,
        SkipReason = skipped,
    };

    private static Failure Unread(ClusterConfigItem item) => new()
    {
        Id = "NotRead",
        Kind = FailureKind.ReadError,
        Message = item.Reason ?? $"{item} was not read.",
        Target = item.ToString(),
    };

    // As FieldOwner writes it: helm (Update).
    private static FieldOwner? Owner(string? text)
    {
        foreach (var operation in (string[])["Apply", "Update"])
        {
            if (text?.EndsWith($" ({operation})", StringComparison.Ordinal) == true)
                return new FieldOwner(text[..^(operation.Length + 3)], operation);
        }

        return null;
    }

    private sealed class NoContent : IManifestContent
    {
        public static NoContent Instance { get; } = new();

        public Task<Kubernetes.KubernetesObject> LoadAsync(ManifestFile file, CancellationToken cancellationToken) =>
            Task.FromException<Kubernetes.KubernetesObject>(new InvalidOperationException($"{file} has no content."));
    }
}
