using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class ClusterJournalTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private SandboxHost _host = null!;
    private ClusterConnection _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new SandboxClusterOptions("green", "1.34")] }, Token);
        _cluster = await ClusterConnection.OpenAsync(new ClusterTarget("green", _host.KubeConfigPath), new(), NullReporter.Instance, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Lines_are_read_again_by_the_next_writer_at_once_when_the_first_has_ended()
    {
        await using (var first = await OpenAsync("a"))
        {
            await first.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format });
            await first.AppendAsync(JournalEvent.StepStarted, "x", 1);
        }

        await using var second = await OpenAsync("b");
        Assert.Equal([JournalEvent.Begun, JournalEvent.StepStarted], second.Records.Select(r => r.Event));
        await second.AppendAsync(JournalEvent.StepCompleted, "x", 1);
        Assert.Equal(["blue-to-green"], await ClusterJournalStore.NamesAsync(_cluster, Token));
    }

    [Fact]
    public async Task Chunks_stay_below_their_size_and_are_read_in_order()
    {
        await using (var journal = await OpenAsync("a"))
        {
            await journal.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format });
            for (var i = 0; i < 12; i++)
                await journal.AppendAsync(JournalEvent.StepNoted, "x", i, new JsonObject { ["text"] = new string('x', 100_000) });
        }

        var count = 0;
        var maps = (await _cluster.Client.DiscoverAsync(Token)).FindPreferred("", "ConfigMap")!;
        await foreach (var map in _cluster.Client.ListAsync(maps, new ListOptions { LabelSelector = ClusterJournalStore.Label }, Token))
        {
            using (map)
            {
                count++;
                Assert.True(map.Json.Length < 600 * 1024);
            }
        }

        Assert.Equal(3, count);
        await using var again = await OpenAsync("b");
        Assert.Equal([0, .. Enumerable.Range(0, 12)], again.Records.Select(r => r.Attempt));
    }

    [Fact]
    public async Task Two_writers_do_not_have_one_journal()
    {
        await using var first = await OpenAsync("machine-a");
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => WaitingAsync(OpenAsync("machine-b"), renews: true))).Failure;
        Assert.Equal("JournalBusy", failure.Id);
        Assert.Contains("machine-a", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_writer_that_was_killed_is_followed_when_its_lease_has_run_out_and_changes_nothing_when_it_wakes()
    {
        var stale = await OpenAsync("machine-a");
        await stale.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format });
        // It can't renew any more: as if it were frozen.
        var frozen = _host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 500, Reason = "InternalError", Message = "frozen", Verb = "patch", Resource = "leases", Count = null });
        await using var next = await WaitingAsync(OpenAsync("machine-b"), renews: false);
        _host.Faults.Remove(frozen);
        await next.AppendAsync(JournalEvent.RunStarted);
        Assert.Throws<UpgradeException>(stale.Store.Guard);
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => stale.AppendAsync(JournalEvent.StepStarted, "x", 1))).Failure;
        Assert.Equal("JournalTakenOver", failure.Id);
        Assert.True(stale.Gone.IsCancellationRequested);
        await next.AppendAsync(JournalEvent.StepStarted, "x", 1);
        await stale.DisposeAsync();
    }

    [Fact]
    public async Task A_line_whose_answer_was_lost_is_there_once()
    {
        await using (var journal = await OpenAsync("a"))
        {
            await journal.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format });
            _host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, AfterBytes = 0, Verb = "patch", Resource = "configmaps" });
            await journal.AppendAsync(JournalEvent.StepStarted, "x", 1);
            await journal.AppendAsync(JournalEvent.StepCompleted, "x", 1);
        }

        await using var again = await OpenAsync("b");
        Assert.Equal(3, again.Records.Count);
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_is_no_takeover()
    {
        await using var journal = await OpenAsync("a");
        await journal.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format });
        var lost = _host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, AfterBytes = 0, Verb = "patch", Resource = "leases" });
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (_host.Faults.Struck(lost) == 0 && DateTime.UtcNow < deadline)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, Token);
        }

        for (var i = 0; i < 40; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, Token);
        }

        journal.Store.Guard();
        await journal.AppendAsync(JournalEvent.RunStarted);
    }

    [Fact]
    public async Task A_chunk_that_is_gone_from_the_middle_is_told()
    {
        await using (var journal = await OpenAsync("a"))
        {
            await journal.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format });
            for (var i = 0; i < 12; i++)
                await journal.AppendAsync(JournalEvent.StepNoted, "x", i, new JsonObject { ["text"] = new string('x', 100_000) });
        }

        var maps = (await _cluster.Client.DiscoverAsync(Token)).FindPreferred("", "ConfigMap")!;
        await _cluster.Client.DeleteAsync(maps, "konupgrade", "upgrade-blue-to-green-002", new(), Token);
        Assert.Equal("JournalEdited", (await Assert.ThrowsAsync<UpgradeException>(() => OpenAsync("b"))).Failure.Id);
    }

    [Fact]
    public async Task Somebody_elses_change_of_a_chunk_stops_the_writer()
    {
        await using var journal = await OpenAsync("a");
        await journal.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format });
        var maps = (await _cluster.Client.DiscoverAsync(Token)).FindPreferred("", "ConfigMap")!;
        using var changed = await _cluster.Client.PatchAsync(
            maps, "konupgrade", "upgrade-blue-to-green-001", PatchKind.Merge, """{"metadata":{"labels":{"a":"b"}}}"""u8.ToArray(), new(), Token);
        Assert.Equal("JournalTakenOver", (await Assert.ThrowsAsync<UpgradeException>(() => journal.AppendAsync(JournalEvent.RunStarted))).Failure.Id);
    }

    // The clock goes on while somebody waits.
    private async Task<Journal> WaitingAsync(Task<Journal> opening, bool renews)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (!opening.IsCompleted && DateTime.UtcNow < deadline)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(opening, Task.Delay(renews ? 20 : 10, Token));
        }

        return await opening;
    }

    private async Task<Journal> OpenAsync(string holder) => await Journal.OpenAsync(
        await ClusterJournalStore.OpenAsync(_cluster, "blue-to-green", holder, TimeSpan.FromSeconds(45), _time, NullReporter.Instance, Token), _time, writes: true, Token);
}
