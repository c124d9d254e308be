using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Journals;

/// <summary>
/// A journal in a cluster, for runs whose next one is on another machine: ConfigMaps of the namespace <c>konupgrade</c>, a
/// key a line, in chunks of at most 512 KiB. Every line is added to the chunk as it was read or written last, so that a
/// writer that has been overtaken cannot add one.
/// </summary>
internal sealed class ClusterJournalStore : IJournalStore
{
    /// <summary>The namespace.</summary>
    public const string Namespace = "konupgrade";

    /// <summary>The label by which the chunks of a journal are found; its value is the upgrade's name.</summary>
    public const string Label = "konupgrade.dev/journal";

    private const int MostBytes = 512 * 1024;

    private static readonly ApiResource s_maps = new() { Group = "", Version = "v1", Kind = "ConfigMap", Plural = "configmaps", Singular = "configmap", Namespaced = true };

    private static readonly RetryPolicy s_again = new() { MaxAttempts = 5, BaseDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(2), Deadline = TimeSpan.FromSeconds(15) };

    private readonly ClusterConnection _cluster;
    private readonly JournalLease? _lease;
    private readonly string _upgrade;
    private readonly TimeProvider _time;
    private int _chunk;
    private string? _version;
    private long _bytes;
    private long _lines;

    private ClusterJournalStore(ClusterConnection cluster, string upgrade, JournalLease? lease, TimeProvider time)
    {
        _cluster = cluster;
        _upgrade = upgrade;
        _lease = lease;
        _time = time;
    }

    /// <inheritdoc/>
    public string Name => $"{_upgrade} in {_cluster.Context.Name}";

    /// <inheritdoc/>
    public string? Cluster => _cluster.Context.Name;

    /// <inheritdoc/>
    public CancellationToken Lost => _lease?.Lost ?? CancellationToken.None;

    /// <inheritdoc/>
    public void Guard() => _lease?.Guard();

    /// <summary>Opens a journal to write to it, under its lease.</summary>
    /// <param name="cluster">The cluster that keeps it; it stays the caller's.</param>
    /// <param name="upgrade">The upgrade's name.</param>
    /// <param name="holder">Who writes.</param>
    /// <param name="wait">How long another writer is waited for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="reporter">Told who else writes.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">JournalBusy; or the cluster does not let it.</exception>
    public static async Task<ClusterJournalStore> OpenAsync(
        ClusterConnection cluster, string upgrade, string holder, TimeSpan wait, TimeProvider time, IReporter reporter, CancellationToken cancellationToken)
    {
        await NeedNamespaceAsync(cluster, cancellationToken).ConfigureAwait(false);
        var lease = await JournalLease.TakeAsync(cluster.Client, Namespace, $"upgrade-{upgrade}", holder, wait, time, reporter, cancellationToken).ConfigureAwait(false);
        return new ClusterJournalStore(cluster, upgrade, lease, time);
    }

    /// <summary>Opens a journal to look at it.</summary>
    public static ClusterJournalStore OpenRead(ClusterConnection cluster, string upgrade, TimeProvider time) => new(cluster, upgrade, null, time);

    /// <summary>The names of the upgrades whose journals a cluster keeps.</summary>
    public static async Task<IReadOnlyList<string>> NamesAsync(ClusterConnection cluster, CancellationToken cancellationToken)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var map in cluster.Client.ListAsync(s_maps, new ListOptions { Namespace = Namespace, LabelSelector = Label }, cancellationToken).ConfigureAwait(false))
        {
            using (map)
            {
                if (map.Metadata.Member("labels").Text(Label) is { } name)
                    names.Add(name);
            }
        }

        return [.. names];
    }

    /// <inheritdoc/>
    public async Task<JournalText> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        for (_chunk = 1; ; _chunk++)
        {
            using var map = await _cluster.Client.GetAsync(s_maps, Namespace, NameOf(_chunk), cancellationToken).ConfigureAwait(false);
            if (map is null)
                break;
            _version = map.ResourceVersion;
            _bytes = 0;
            var data = map.Root.Member("data");
            if (data.ValueKind == System.Text.Json.JsonValueKind.Object)
            {
                foreach (var (key, value) in data.EnumerateObject().Select(m => (m.Name, m.Value.GetString() ?? "")).OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    // A key that is missing shows as a line that does not follow from the one before it.
                    var line = Encoding.UTF8.GetBytes(value);
                    lines.Add(line);
                    _bytes += line.Length + key.Length;
                }
            }
        }

        _chunk--;
        _lines = lines.Count;
        await NeedLastAsync(cancellationToken).ConfigureAwait(false);
        return new JournalText(lines, LastIsCutOff: false);
    }

    /// <inheritdoc/>
    public async Task DropLastAsync(CancellationToken cancellationToken)
    {
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = _version }, ["data"] = new JsonObject { [KeyOf(_lines)] = null } };
        using var map = await _cluster.Client.PatchAsync(s_maps, Namespace, NameOf(_chunk), PatchKind.Merge, JsonTree.Write(patch), new WriteOptions(), cancellationToken).ConfigureAwait(false);
        _version = map.ResourceVersion;
        _lines--;
    }

    /// <inheritdoc/>
    public async Task AppendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(line.Span);
        var begins = _chunk == 0 || _bytes + line.Length + 12 > MostBytes;
        var chunk = begins ? _chunk + 1 : _chunk;
        var backoff = new Backoff(s_again, _time);
        while (true)
        {
            TimeSpan delay;
            try
            {
                Guard();
                using var map = begins ? await BeginAsync(chunk, text, cancellationToken).ConfigureAwait(false) : await AddAsync(text, cancellationToken).ConfigureAwait(false);
                Took(chunk, map, begins, line.Length);
                return;
            }
            catch (KubernetesApiException e) when (e.StatusCode == 409 || e.Outcome == CallOutcome.Unknown)
            {
                // Where the answer to a try of ours was lost, the line is there: as we wrote it, and the last one.
                using var map = await _cluster.Client.GetAsync(s_maps, Namespace, NameOf(chunk), cancellationToken).ConfigureAwait(false);
                if (map is not null && map.Root.Member("data").Text(KeyOf(_lines + 1)) == text)
                {
                    Took(chunk, map, begins, line.Length);
                    return;
                }

                if (begins ? map is not null : map?.ResourceVersion != _version)
                    throw new UpgradeException(JournalFailures.TakenOver(Name), e);
                if (!backoff.TryNext(e.RetryAfter, out delay))
                    throw;
            }

            await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lease?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Took(int chunk, KubernetesObject map, bool begins, int length)
    {
        _chunk = chunk;
        _version = map.ResourceVersion;
        _bytes = (begins ? 0 : _bytes) + length + 12;
        _lines++;
    }

    private Task<KubernetesObject> BeginAsync(int chunk, string text, CancellationToken cancellationToken)
    {
        var map = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject
            {
                ["name"] = NameOf(chunk),
                ["namespace"] = Namespace,
                ["labels"] = new JsonObject { [Label] = _upgrade, ["app.kubernetes.io/managed-by"] = OurFieldManager.Name },
            },
            ["data"] = new JsonObject { [KeyOf(_lines + 1)] = text },
        };
        return _cluster.Client.CreateAsync(s_maps, Namespace, JsonTree.Write(map), new WriteOptions(), cancellationToken);
    }

    private Task<KubernetesObject> AddAsync(string text, CancellationToken cancellationToken)
    {
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = _version }, ["data"] = new JsonObject { [KeyOf(_lines + 1)] = text } };
        return _cluster.Client.PatchAsync(s_maps, Namespace, NameOf(_chunk), PatchKind.Merge, JsonTree.Write(patch), new WriteOptions(), cancellationToken);
    }

    // A chunk that somebody deleted from the middle would be taken for the end.
    private async Task NeedLastAsync(CancellationToken cancellationToken)
    {
        await foreach (var map in _cluster.Client.ListAsync(s_maps, new ListOptions { Namespace = Namespace, LabelSelector = $"{Label}={_upgrade}" }, cancellationToken).ConfigureAwait(false))
        {
            using (map)
            {
                if (string.CompareOrdinal(map.Name, NameOf(_chunk)) > 0)
                    throw new UpgradeException(JournalFailures.Incomplete(Name, $"ConfigMap {NameOf(_chunk + 1)}"));
            }
        }
    }

    private static async Task NeedNamespaceAsync(ClusterConnection cluster, CancellationToken cancellationToken)
    {
        using var there = await cluster.Client.GetAsync(ClusterNamespaces.Resource, null, Namespace, cancellationToken).ConfigureAwait(false);
        if (there is not null)
            return;
        var made = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = Namespace } };
        try
        {
            using var created = await cluster.Client.CreateAsync(ClusterNamespaces.Resource, null, JsonTree.Write(made), new WriteOptions(), cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException e) when (e.Reason == "AlreadyExists")
        {
            // Another run was faster.
        }
    }

    private string NameOf(int chunk) => string.Create(CultureInfo.InvariantCulture, $"upgrade-{_upgrade}-{chunk:000}");

    private static string KeyOf(long line) => line.ToString("00000000", CultureInfo.InvariantCulture);
}
