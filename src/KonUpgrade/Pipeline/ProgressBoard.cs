using System.Management.Automation;

namespace KonUpgrade.Pipeline;

/// <summary>
/// Keeps the latest state of each activity and gives it out at most five times a second, with ids and parents. Reports
/// come from any thread; records are taken on the pipeline thread.
/// </summary>
internal sealed class ProgressBoard
{
    private readonly object _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private int _lastId;

    /// <summary>How often records are given out.</summary>
    public static TimeSpan Interval => TimeSpan.FromMilliseconds(200);

    /// <summary>Takes note of a report.</summary>
    public void Post(ProgressReport report)
    {
        lock (_lock)
        {
            var entry = Find(report.Activity);
            entry.Report = report;
            entry.Changed = true;
            // A parent has its id before its child, whether or not it has reported yet.
            entry.ParentId = report.ParentActivity is { } parent && parent != report.Activity ? Find(parent).Id : -1;
        }
    }

    /// <summary>Takes the records of everything that has changed since the last time.</summary>
    public IReadOnlyList<ProgressRecord> Take() => Take(static entry => entry.Changed, complete: false);

    /// <summary>Takes a record that ends each activity that was shown and has not ended.</summary>
    public IReadOnlyList<ProgressRecord> TakeEnds() => Take(static entry => entry.Shown, complete: true);

    private List<ProgressRecord> Take(Predicate<Entry> which, bool complete)
    {
        lock (_lock)
        {
            List<ProgressRecord> records = [];
            foreach (var entry in _entries.Values)
            {
                if (entry.Report is not { } report || !which(entry))
                    continue;
                entry.Changed = false;
                var completed = complete || report.Completed;
                // What ended before it was ever shown need not be shown at all.
                if (completed && !entry.Shown)
                    continue;
                entry.Shown = !completed;
                records.Add(Record(entry, report, completed));
            }

            return records;
        }
    }

    private static ProgressRecord Record(Entry entry, ProgressReport report, bool completed) =>
        new(entry.Id, report.Activity, Status(report))
        {
            ParentActivityId = entry.ParentId,
            PercentComplete = report.Total is > 0 and var total ? (int)Math.Clamp(report.Done * 100 / total, 0, 100) : -1,
            RecordType = completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        };

    private static string Status(ProgressReport report)
    {
        var count = report.Total is { } total ? $"{report.Done} of {total}" : report.Done > 0 ? $"{report.Done}" : "";
        return (report.Status.Length, count.Length) switch
        {
            (0, 0) => "Working",
            (0, _) => count,
            (_, 0) => report.Status,
            _ => $"{report.Status} ({count})",
        };
    }

    private Entry Find(string activity)
    {
        if (!_entries.TryGetValue(activity, out var entry))
            _entries.Add(activity, entry = new Entry { Id = ++_lastId });
        return entry;
    }

    private sealed class Entry
    {
        public required int Id { get; init; }

        public int ParentId { get; set; } = -1;

        public ProgressReport? Report { get; set; }

        public bool Changed { get; set; }

        public bool Shown { get; set; }
    }
}
