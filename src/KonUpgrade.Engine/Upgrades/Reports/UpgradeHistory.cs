using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports;

/// <summary>When what was done, by whom, and where it waited: what of a journal counts for its course, and not for its end.</summary>
internal sealed class UpgradeHistory
{
    private readonly List<ReportRun> _runs = [];
    private readonly List<ReportApproval> _approvals = [];
    private readonly Dictionary<string, List<ReportSpan>> _spans = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ReportSpanKind Kind, DateTimeOffset From)> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Failure> _failures = new(StringComparer.Ordinal);
    private (string? Runner, DateTimeOffset From)? _run;

    /// <summary>Reads the lines of a journal.</summary>
    public UpgradeHistory(IReadOnlyList<JournalRecord> records)
    {
        var last = records[0].Time;
        foreach (var record in records)
        {
            // What a killed run had open ended with its last line, as far as anybody knows.
            if (record.Event == JournalEvent.RunStarted)
                EndRun(last, null, null);
            Take(record);
            last = record.Time;
        }

        foreach (var id in _open.Keys.ToList())
            Close(id, _open[id].Kind, last);
        EndRun(last, null, null);
    }

    /// <summary>The runs, in order.</summary>
    public IReadOnlyList<ReportRun> Runs => _runs;

    /// <summary>The words that let it go on, in order.</summary>
    public IReadOnlyList<ReportApproval> Approvals => _approvals;

    /// <summary>The stretches of time of a step, in order.</summary>
    public IReadOnlyList<ReportSpan> SpansOf(string step) => _spans.GetValueOrDefault(step) ?? [];

    /// <summary>What a step had failed for when it was taken back; null where it had not failed, or had gone on since.</summary>
    public Failure? FailureOf(string step) => _failures.GetValueOrDefault(step);

    private void Take(JournalRecord record)
    {
        var step = record.Step ?? "";
        switch (record.Event)
        {
            case JournalEvent.RunStarted:
                _run = (Text(record, "runner"), record.Time);
                break;
            case JournalEvent.RunEnded:
                EndRun(record.Time, Enum.TryParse<BlueGreenUpgradeState>(Text(record, "state"), out var state) ? state : null, Text(record, "reason"));
                break;
            case JournalEvent.Approved:
                _approvals.Add(new ReportApproval(step, record.Time, ReportText.Of(Text(record, "by")), ReportText.Of(Text(record, "point"))));
                break;
            case JournalEvent.StepStarted:
                _failures.Remove(step);
                Open(step, ReportSpanKind.Unfinished, record.Time);
                break;
            case JournalEvent.UndoStarted:
                Open(step, ReportSpanKind.Unfinished, record.Time);
                break;
            case JournalEvent.StepCompleted:
                Close(step, ReportSpanKind.Done, record.Time);
                break;
            case JournalEvent.StepFailed:
                if (FailureJson.Read(record.Data) is { } failure)
                    _failures[step] = failure;
                Close(step, ReportSpanKind.Failed, record.Time);
                break;
            case JournalEvent.ApprovalNeeded:
                // Where it is asked once more, it waits on.
                if (!_open.TryGetValue(step, out var open) || open.Kind != ReportSpanKind.Waited)
                {
                    Close(step, ReportSpanKind.Done, record.Time);
                    Open(step, ReportSpanKind.Waited, record.Time);
                }

                break;
            case JournalEvent.UndoCompleted or JournalEvent.UndoQuieted:
                Close(step, ReportSpanKind.Undone, record.Time);
                break;
            case JournalEvent.UndoFailed:
                Close(step, ReportSpanKind.UndoFailed, record.Time);
                break;
            default:
                break;
        }
    }

    private void Open(string step, ReportSpanKind kind, DateTimeOffset at)
    {
        if (_open.TryGetValue(step, out var open))
            Close(step, open.Kind, at);
        _open[step] = (kind, at);
    }

    private void Close(string step, ReportSpanKind kind, DateTimeOffset at)
    {
        if (!_open.Remove(step, out var open))
            return;
        if (!_spans.TryGetValue(step, out var spans))
            _spans.Add(step, spans = []);
        spans.Add(new ReportSpan(open.Kind == ReportSpanKind.Waited ? ReportSpanKind.Waited : kind, open.From, at));
    }

    private void EndRun(DateTimeOffset at, BlueGreenUpgradeState? state, string? reason)
    {
        if (_run is not { } run)
            return;
        foreach (var id in _open.Where(o => o.Value.Kind != ReportSpanKind.Waited).Select(o => o.Key).ToList())
            Close(id, ReportSpanKind.Unfinished, at);
        _runs.Add(new ReportRun(ReportText.Of(run.Runner), run.From, at, state, ReportText.Of(reason)));
        _run = null;
    }

    private static string? Text(JournalRecord record, string name) => record.Data?[name]?.GetValue<string>();
}
