using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Journals;

/// <summary>
/// The Lease (coordination.k8s.io/v1) under which one process writes to a journal in a cluster. It is taken as client-go's
/// leader election takes one: free, given up, or not renewed for its whole duration while it was being looked at, so that
/// no clock is compared with another's. Its holder renews it, and stops by its own clock before another may take it.
/// </summary>
internal sealed class JournalLease : IAsyncDisposable
{
    /// <summary>How long a holder that says nothing keeps it.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(90);

    private static readonly ApiResource s_leases = new() { Group = "coordination.k8s.io", Version = "v1", Kind = "Lease", Plural = "leases", Singular = "lease", Namespaced = true };
    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(8);

    // Between the last moment at which a change may be sent and the first at which another may take over, a request in
    // flight ends: it may take a minute.
    private static readonly TimeSpan s_safe = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    private readonly KubernetesClient _client;
    private readonly string _namespace;
    private readonly string _name;
    private readonly string _holder;
    private readonly TimeProvider _time;
    private readonly IReporter _reporter;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stop = new();
    private string _resourceVersion = "";
    private long _renewed;
    private long _renewedAt;
    private Task? _renewing;

    private JournalLease(KubernetesClient client, string ns, string name, string holder, TimeProvider time, IReporter reporter)
    {
        _client = client;
        _namespace = ns;
        _name = name;
        _holder = holder;
        _time = time;
        _reporter = reporter;
    }

    /// <summary>Cancelled when the lease is no longer ours.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes the lease, waiting for another holder's to run out.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="name">The lease.</param>
    /// <param name="holder">Who takes it.</param>
    /// <param name="wait">How long another holder that goes on renewing is waited for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="reporter">Told who holds it.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">JournalBusy: somebody else holds it and goes on renewing; or it can't be had.</exception>
    public static async Task<JournalLease> TakeAsync(
        KubernetesClient client, string ns, string name, string holder, TimeSpan wait, TimeProvider time, IReporter reporter, CancellationToken cancellationToken)
    {
        var lease = new JournalLease(client, ns, name, holder, time, reporter);
        try
        {
            await lease.TakeAsync(wait, cancellationToken).ConfigureAwait(false);
            lease._renewing = Task.Run(lease.RenewAsync, CancellationToken.None);
            return lease;
        }
        catch
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says that a change is about to be made.</summary>
    /// <exception cref="UpgradeException">JournalTakenOver: the lease is no longer surely ours.</exception>
    public void Guard()
    {
        // Two clocks, since one of them stands still while a machine sleeps and the other may be set.
        var now = _time.GetUtcNow();
        if (_lost.IsCancellationRequested || _time.GetElapsedTime(Interlocked.Read(ref _renewed)) > s_safe || now.UtcTicks - Interlocked.Read(ref _renewedAt) > s_safe.Ticks)
        {
            _lost.Cancel();
            throw new UpgradeException(JournalFailures.TakenOver($"{_namespace}/{_name}"));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_renewing is not null)
            await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_renewing is not null && !_lost.IsCancellationRequested)
            await GiveUpAsync().ConfigureAwait(false);
        _stop.Dispose();
        _lost.Dispose();
    }

    private async Task TakeAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        string? seenVersion = null;
        var seenAt = began;
        while (true)
        {
            using var live = await _client.GetAsync(s_leases, _namespace, _name, cancellationToken).ConfigureAwait(false);
            var spec = live?.Root.Member("spec") ?? default;
            var holder = spec.Text("holderIdentity") ?? "";
            if (live is null || holder.Length == 0 || holder == _holder)
            {
                if (await WriteAsync(live, spec, cancellationToken).ConfigureAwait(false))
                    return;
                continue;
            }

            if (live.ResourceVersion != seenVersion)
            {
                // A holder that is seen to renew is alive; one that was only found has its duration to show it.
                if (seenVersion is not null && _time.GetElapsedTime(began) >= wait)
                    throw new UpgradeException(Held(holder));
                if (seenVersion is null)
                    _reporter.Verbose($"The lease {_namespace}/{_name} is held by {holder}; waiting whether it is renewed.");
                seenVersion = live.ResourceVersion;
                seenAt = _time.GetTimestamp();
            }
            else if (_time.GetElapsedTime(seenAt) > DurationOf(spec))
            {
                _reporter.Warning($"{holder} held the journal and has not renewed its lease for {DurationOf(spec).TotalSeconds:0} s; it is taken over.");
                if (await WriteAsync(live, spec, cancellationToken).ConfigureAwait(false))
                    return;
                continue;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static TimeSpan DurationOf(JsonPart spec) => NumberOf(spec, "leaseDurationSeconds") is { } seconds and > 0 && seconds <= s_longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Duration;

    private static int? NumberOf(JsonPart spec, string name) => spec.Member(name) is { ValueKind: JsonValueKind.Number } part && part.TryGetInt32(out var number) ? number : null;

    // False where somebody else was faster.
    private async Task<bool> WriteAsync(KubernetesObject? live, JsonPart spec, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var now = _time.GetUtcNow();
        var lease = new JsonObject
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = new JsonObject { ["name"] = _name, ["namespace"] = _namespace },
            ["spec"] = new JsonObject
            {
                ["holderIdentity"] = _holder,
                ["leaseDurationSeconds"] = (int)Duration.TotalSeconds,
                ["acquireTime"] = Micro(now),
                ["renewTime"] = Micro(now),
                ["leaseTransitions"] = live is null ? 0 : (NumberOf(spec, "leaseTransitions") ?? 0) + 1,
            },
        };
        try
        {
            if (live is null)
            {
                using var created = await _client.CreateAsync(s_leases, _namespace, JsonTree.Write(lease), new WriteOptions(), cancellationToken).ConfigureAwait(false);
                _resourceVersion = created.ResourceVersion!;
            }
            else
            {
                lease["metadata"]!["resourceVersion"] = live.ResourceVersion;
                using var updated = await _client.UpdateAsync(s_leases, _namespace, _name, JsonTree.Write(lease), new WriteOptions(), cancellationToken).ConfigureAwait(false);
                _resourceVersion = updated.ResourceVersion!;
            }

            Renewed(started, now);
            return true;
        }
        catch (KubernetesApiException e) when (e.StatusCode == 409)
        {
            return false;
        }
    }

    // The time counts from before the request: by then another could have seen it.
    private void Renewed(long started, DateTimeOffset at)
    {
        Interlocked.Exchange(ref _renewed, started);
        Interlocked.Exchange(ref _renewedAt, at.UtcTicks);
    }

    private async Task RenewAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                await Task.Delay(s_renewal, _time, _stop.Token).ConfigureAwait(false);
                try
                {
                    await RenewOnceAsync().ConfigureAwait(false);
                }
                catch (KubernetesApiException e) when (e.StatusCode is not (409 or 404))
                {
                    // The next one may get through; until then Guard counts.
                    _reporter.Verbose($"The lease {_namespace}/{_name} could not be renewed: {e.Failure.Message}");
                    if (_time.GetElapsedTime(Interlocked.Read(ref _renewed)) > s_safe)
                        throw;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody needs it any more.
        }
        catch (UpgradeException)
        {
            // Somebody else has it, or nobody can tell whose it is.
            await _lost.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task RenewOnceAsync()
    {
        var started = _time.GetTimestamp();
        var now = _time.GetUtcNow();
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = _resourceVersion },
            ["spec"] = new JsonObject { ["holderIdentity"] = _holder, ["renewTime"] = Micro(now) },
        };
        try
        {
            using var renewed = await _client.PatchAsync(s_leases, _namespace, _name, PatchKind.Merge, JsonTree.Write(patch), new WriteOptions(), _stop.Token).ConfigureAwait(false);
            _resourceVersion = renewed.ResourceVersion!;
            Renewed(started, now);
        }
        catch (KubernetesApiException e) when (e.StatusCode == 409)
        {
            // The answer to a renewal of ours was lost, or somebody has labelled the lease: it is ours as long as it says so.
            using var live = await _client.GetAsync(s_leases, _namespace, _name, _stop.Token).ConfigureAwait(false);
            if (live?.Root.Member("spec").Text("holderIdentity") != _holder)
                throw;
            _resourceVersion = live.ResourceVersion!;
            Renewed(started, now);
        }
    }

    // So that the next one need not wait. Where it fails, the lease runs out by itself.
    private async Task GiveUpAsync()
    {
        try
        {
            using var time = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = _resourceVersion },
                ["spec"] = new JsonObject { ["holderIdentity"] = "", ["renewTime"] = Micro(_time.GetUtcNow()) },
            };
            using var given = await _client.PatchAsync(s_leases, _namespace, _name, PatchKind.Merge, JsonTree.Write(patch), new WriteOptions(), time.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UpgradeException or OperationCanceledException)
        {
            _reporter.Verbose($"The lease {_namespace}/{_name} could not be given up: {e.Message}");
        }
    }

    private Failure Held(string holder) => new()
    {
        Id = "JournalBusy",
        Kind = FailureKind.Conflict,
        Message = $"The journal is held by {holder}, which goes on renewing its lease {_namespace}/{_name}. Nothing was changed.",
        Recommendation = "Wait until it has ended; Get-BlueGreenUpgrade shows how far it is. Where it was killed, its lease runs out by itself.",
        Target = $"{_namespace}/{_name}",
    };

    private static string Micro(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
