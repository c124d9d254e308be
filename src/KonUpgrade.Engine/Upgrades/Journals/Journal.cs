using System.Text.Json.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Journals;

/// <summary>
/// What an upgrade has done, line by line, each written before or right after what it tells. When a line cannot be
/// written, none is any more: an upgrade does not go on without its journal.
/// </summary>
internal sealed class Journal : IAsyncDisposable
{
    /// <summary>The format that this version writes.</summary>
    public const string Format = "konupgrade.dev/v1";

    private readonly IJournalStore _store;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _broken = new();
    private readonly CancellationTokenSource _gone;
    private readonly List<JournalRecord> _records = [];
    private string _sum = JournalLine.NoSum;
    private UpgradeException? _failure;

    private Journal(IJournalStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
        _gone = CancellationTokenSource.CreateLinkedTokenSource(_broken.Token, store.Lost);
    }

    /// <summary>Where it is kept.</summary>
    public IJournalStore Store => _store;

    /// <summary>What it tells, in order.</summary>
    public IReadOnlyList<JournalRecord> Records => _records;

    /// <summary>Cancelled when nothing can be written any more: then nothing may be changed either.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Why nothing can be written any more; null while it can.</summary>
    public UpgradeException? Failure => _failure;

    /// <summary>Whether the last line was cut off and has been dropped.</summary>
    public bool WasCutOff { get; private set; }

    /// <summary>Reads a journal. Where its last line was cut off, as by a kill, that line is dropped: what it would have told had not begun, or is found out again.</summary>
    /// <param name="store">Where it is kept; it becomes the journal's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="writes">Whether it is to be written to.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">JournalEdited, UnknownFormat, NotAJournal.</exception>
    public static async Task<Journal> OpenAsync(IJournalStore store, TimeProvider time, bool writes, CancellationToken cancellationToken)
    {
        var journal = new Journal(store, time);
        try
        {
            await journal.ReadAsync(writes, cancellationToken).ConfigureAwait(false);
            return journal;
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Adds a line. It is there for good when this returns.</summary>
    /// <exception cref="UpgradeException">It could not be written, now or earlier.</exception>
    public async Task<JournalRecord> AppendAsync(JournalEvent what, string? step = null, int attempt = 0, JsonObject? data = null)
    {
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_failure is not null)
                throw new UpgradeException(_failure.Failure, _failure);
            var record = new JournalRecord(_records.Count + 1, _time.GetUtcNow(), what, step, attempt, data);
            var (line, sum) = JournalLine.Write(record, _sum);
            // A line that was begun is written to its end, whoever cancels.
            await _store.AppendAsync(line, CancellationToken.None).ConfigureAwait(false);
            _records.Add(record);
            _sum = sum;
            return record;
        }
        catch (Exception e) when (_failure is null)
        {
            _failure = e as UpgradeException ?? new UpgradeException(JournalFailures.Unwritable(_store.Name, e), e);
            await _broken.CancelAsync().ConfigureAwait(false);
            throw _failure == e ? e : new UpgradeException(_failure.Failure, e);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync().ConfigureAwait(false);
        _gone.Dispose();
        _broken.Dispose();
        _gate.Dispose();
    }

    private async Task ReadAsync(bool writes, CancellationToken cancellationToken)
    {
        var (lines, cut) = await _store.ReadAsync(cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < lines.Count; i++)
        {
            var flaw = JournalLine.TryRead(lines[i].Span, i + 1, _sum, out var record, out var sum);
            var isLast = i == lines.Count - 1;
            // A line without its end was not written to its end, whatever it says.
            if (isLast && cut)
                flaw = JournalFlaw.Torn;
            switch (flaw)
            {
                case JournalFlaw.Torn when isLast && (cut || lines[i].Span.Contains((byte)0)) && (i > 0 || JournalLine.IsBegun(lines[i].Span)):
                    WasCutOff = true;
                    if (writes)
                        await _store.DropLastAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case JournalFlaw.Torn when i == 0:
                    throw new UpgradeException(JournalFailures.NoJournal(_store.Name));
                case JournalFlaw.Torn or JournalFlaw.Edited:
                    throw new UpgradeException(JournalFailures.Edited(_store.Name, i + 1));
                case JournalFlaw.Unknown:
                    throw new UpgradeException(JournalFailures.UnknownFormat(_store.Name, i + 1, null));
                default:
                    Check(record!, i + 1);
                    _records.Add(record!);
                    _sum = sum;
                    break;
            }
        }
    }

    private void Check(JournalRecord record, long line)
    {
        if (line > 1)
            return;
        if (record.Event != JournalEvent.Begun)
            throw new UpgradeException(JournalFailures.NoJournal(_store.Name));
        var format = record.Data?["format"]?.GetValue<string>();
        if (format != Format)
            throw new UpgradeException(JournalFailures.UnknownFormat(_store.Name, line, format));
    }
}
