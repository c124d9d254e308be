using System.Threading.Channels;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>
/// Wakes whoever waits for a cluster to become otherwise: by watches on the kinds that were looked at, not before a second has
/// passed, and at the latest after half a minute, since some of what is looked at can't be watched (what a cluster serves, the
/// time, a kind that may only be listed).
/// </summary>
internal sealed class SurveyWatch(ClusterConnection cluster, IReadOnlyList<string> namespaces, TimeProvider time, IReporter reporter) : IAsyncDisposable
{
    /// <summary>How long it is waited in any case, so that a cluster in motion is not listed over and over.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>How long it is waited at the most.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    private static readonly IReadOnlyList<string?> s_everywhere = [null];
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<(string Group, string Kind, string? Namespace), Task> _watching = [];
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Waits until something of the kinds is otherwise, or it is time to look again.</summary>
    /// <param name="kinds">The kinds that were looked at.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task ChangedAsync(IEnumerable<ApiResource> kinds, CancellationToken cancellationToken)
    {
        foreach (var kind in kinds.Where(kind => kind.Verbs.Count == 0 || kind.Verbs.Contains("watch")))
        {
            IReadOnlyList<string?> places = kind.Namespaced && namespaces.Count > 0 ? namespaces : s_everywhere;
            foreach (var ns in places)
            {
                // One that ended is begun anew.
                if (!_watching.TryGetValue((kind.Group, kind.Kind, ns), out var watching) || watching.IsCompleted)
                    _watching[(kind.Group, kind.Kind, ns)] = WatchAsync(kind, ns, _stop.Token);
            }
        }
        await Task.Delay(Least, time, cancellationToken).ConfigureAwait(false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var change = _changes.Reader.WaitToReadAsync(over.Token).AsTask();
        await Task.WhenAny(change, Task.Delay(Most - Least, time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await ((Task)change).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        _changes.Reader.TryRead(out _);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_watching.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    // What was there when the watch began may have come after it was looked at: one more look finds that out.
    private async Task WatchAsync(ApiResource kind, string? ns, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var synced = false;
        try
        {
            await foreach (var change in cluster.Client.WatchAsync(kind, new WatchOptions { Namespace = ns }, cancellationToken).ConfigureAwait(false))
            {
                change.Object?.Dispose();
                synced |= change.Type == WatchEventType.Synced;
                if (synced)
                    _changes.Writer.TryWrite(true);
            }
        }
        catch (UpgradeException e)
        {
            reporter.Verbose($"{cluster.Context.Name}: {kind} is not watched, and looked at again each half a minute: {e.Failure.Message}");
        }
    }
}
