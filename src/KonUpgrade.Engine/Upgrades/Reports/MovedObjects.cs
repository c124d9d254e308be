using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports;

/// <summary>Puts together what the steps of an upgrade did with each object: what counts is where it is in the end, not how often it was looked at.</summary>
internal sealed class MovedObjects
{
    private const int MostObjects = 100;
    private const int MostReasons = 40;
    private const int MostExamples = 3;

    private readonly Dictionary<(string Group, string Kind, string? Namespace, string Name), ObjectOutcome> _objects = [];
    private readonly List<ReportLack> _lacks = [];
    private readonly List<string> _files = [];
    private bool _any;

    /// <summary>Takes in what a step did.</summary>
    public void Take(UpgradeStep step, FoundList<ObjectOutcome> list)
    {
        if (list.Lack is { } lack)
        {
            _lacks.Add(new ReportLack(step.Id, list.Name, list.Path, lack));
            return;
        }

        _any = true;
        _files.Add(list.Path);
        foreach (var outcome in list.Read())
        {
            var key = (ApiResource.GroupOf(outcome.ApiVersion), outcome.Kind, outcome.Namespace, outcome.Name);
            if (!_objects.TryGetValue(key, out var before) || Counts(outcome, before))
                _objects[key] = outcome;
        }
    }

    /// <summary>What moved and what did not; null where no step has moved any.</summary>
    public ReportMoved? Result()
    {
        if (!_any && _lacks.Count == 0)
            return null;
        var kinds = new SortedDictionary<string, ReportKind>(StringComparer.Ordinal);
        var notMoved = new List<ObjectOutcome>();
        var noted = new List<ObjectOutcome>();
        var held = 0L;
        var outward = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var o in _objects.Values.OrderBy(o => KindOf(o), StringComparer.Ordinal).ThenBy(o => o.Namespace, StringComparer.Ordinal).ThenBy(o => o.Name, StringComparer.Ordinal))
        {
            var kind = KindOf(o);
            if (!kinds.TryGetValue(kind, out var counts))
                kinds.Add(kind, counts = new ReportKind { Kind = ReportText.Of(kind) });
            Count(counts, o.Action);
            if (!HasArrived(o))
                notMoved.Add(o);
            else if (o.HeldReason is not null || o.Missing is not null)
                noted.Add(o);
            held += o.IsHeld ? 1 : 0;
            if (o.Outward is { } word)
                outward[word] = outward.GetValueOrDefault(word) + 1;
        }

        return new ReportMoved
        {
            Kinds = [.. kinds.Values],
            Moved = kinds.Values.Sum(k => k.Created + k.Updated + k.Unchanged),
            Held = held,
            Skipped = kinds.Values.Sum(k => k.Skipped),
            Failed = kinds.Values.Sum(k => k.Failed),
            Reasons = Reasons(notMoved),
            // What failed comes first.
            NotMoved = List(notMoved.OrderBy(o => o.Action != ClusterConfigChangeAction.Failed)),
            Noted = List(noted),
            Conversions = Conversions(_objects.Values),
            Outward = outward,
            Lacks = _lacks,
        };
    }

    /// <summary>Why objects stayed behind, the most frequent reason first.</summary>
    public static IReadOnlyList<ReportReason> Reasons(IEnumerable<(string Reason, bool IsFailure, string Name, long Count)> objects)
    {
        var reasons = new Dictionary<(string, bool), (long Count, List<string> Examples)>();
        foreach (var o in objects)
        {
            var (count, examples) = reasons.GetValueOrDefault((o.Reason, o.IsFailure), (0, []));
            if (examples.Count < MostExamples && o.Name.Length > 0 && !examples.Contains(ReportText.Of(o.Name)))
                examples.Add(ReportText.Of(o.Name));
            reasons[(o.Reason, o.IsFailure)] = (count + o.Count, examples);
        }

        var ordered = reasons.OrderByDescending(r => r.Key.Item2).ThenByDescending(r => r.Value.Count).ThenBy(r => r.Key.Item1, StringComparer.Ordinal)
            .Select(r => new ReportReason(ReportText.Of(r.Key.Item1), r.Value.Count, r.Key.Item2, r.Value.Examples)).ToList();
        return ordered.Count <= MostReasons ? ordered
            : [.. ordered.Take(MostReasons), new ReportReason(ReportText.Count(ordered.Count - MostReasons, "other reason", "other reasons"), ordered.Skip(MostReasons).Sum(r => r.Count), ordered.Skip(MostReasons).Any(r => r.IsFailure), [])];
    }

    private static IReadOnlyList<ReportReason> Reasons(IEnumerable<ObjectOutcome> objects) =>
        Reasons(objects.Select(o => (o.Failure?.Message ?? o.Reason ?? "No reason was given.", o.Action == ClusterConfigChangeAction.Failed, ReportText.Name(o.Kind, o.Namespace, o.Name), 1L)));

    private ReportList<ObjectOutcome> List(IEnumerable<ObjectOutcome> objects)
    {
        var all = objects.ToList();
        return new ReportList<ObjectOutcome>(all.Count, [.. all.Take(MostObjects).Select(Shown)], all.Count > MostObjects ? _files : []);
    }

    private static ObjectOutcome Shown(ObjectOutcome o) => o with
    {
        Kind = ReportText.Of(o.Kind),
        Namespace = ReportText.Of(o.Namespace),
        Name = ReportText.Of(o.Name),
        Reason = ReportText.Of(o.Reason),
        HeldReason = ReportText.Of(o.HeldReason),
        Failure = ReportText.Of(o.Failure),
        Missing = o.Missing is not { } missing ? null
            : [.. missing.Take(MostExamples).Select(name => ReportText.Of(name)), .. missing.Count > MostExamples ? new[] { $"and {missing.Count - MostExamples} more" } : []],
    };

    private static List<ReportConversion> Conversions(IEnumerable<ObjectOutcome> objects) =>
    [
        .. objects.Where(o => o.Conversion is not null)
            .GroupBy(o => (Kind: KindOf(o), o.Conversion!.From, o.Conversion.To, Notes: string.Join('\n', o.Conversion.Note)))
            .OrderBy(g => g.Key.Kind, StringComparer.Ordinal).ThenBy(g => g.Key.From, StringComparer.Ordinal).ThenByDescending(g => g.Count()).ThenBy(g => g.Key.Notes, StringComparer.Ordinal)
            .Take(MostObjects)
            .Select(g => new ReportConversion(
                ReportText.Of(g.Key.Kind), g.Key.From, g.Key.To, g.Count(), [.. g.First().Conversion!.Note.Select(ReportText.Of).OfType<string>()],
                [.. g.Select(o => ReportText.Of(ReportText.Name(o.Kind, o.Namespace, o.Name))).Order(StringComparer.Ordinal).Take(MostExamples)])),
    ];

    // What has arrived stays so, whatever a later look leaves alone; that it could not be brought as it is now counts.
    private static bool Counts(ObjectOutcome now, ObjectOutcome before) =>
        !HasArrived(before) || now.Action == ClusterConfigChangeAction.Failed || (before.Action == ClusterConfigChangeAction.Unchanged && HasArrived(now));

    private static bool HasArrived(ObjectOutcome o) => o.Action is ClusterConfigChangeAction.Created or ClusterConfigChangeAction.Updated or ClusterConfigChangeAction.Unchanged;

    private static string KindOf(ObjectOutcome o) => ApiResource.GroupOf(o.ApiVersion) is { Length: > 0 } group ? $"{o.Kind}.{group}" : o.Kind;

    private static void Count(ReportKind kind, ClusterConfigChangeAction action)
    {
        switch (action)
        {
            case ClusterConfigChangeAction.Created:
                kind.Created++;
                break;
            case ClusterConfigChangeAction.Updated:
                kind.Updated++;
                break;
            case ClusterConfigChangeAction.Unchanged:
                kind.Unchanged++;
                break;
            case ClusterConfigChangeAction.Skipped:
                kind.Skipped++;
                break;
            default:
                kind.Failed++;
                break;
        }
    }
}
