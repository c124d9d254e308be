using System.Text.Json.Nodes;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>What the work of one step has at hand.</summary>
internal sealed class StepRun
{
    private readonly Func<string, UpgradeStep> _stepOf;
    private readonly Func<JsonObject, Task> _note;
    private readonly Func<string, bool> _isApproved;
    private readonly StepReporter _reporter;
    private readonly List<string> _kept = [];

    public StepRun(
        UpgradeStep step, UpgradePlan plan, string mark, UpgradeSession session, UpgradeRunOptions options, JsonObject notes,
        Func<string, UpgradeStep> stepOf, Func<string, bool> isApproved, Func<JsonObject, Task> note)
    {
        Step = step;
        Plan = plan;
        Mark = mark;
        Session = session;
        Options = options;
        Notes = notes;
        _reporter = new StepReporter(session.Host, plan, step);
        _stepOf = stepOf;
        _isApproved = isApproved;
        _note = note;
    }

    /// <summary>The step.</summary>
    public UpgradeStep Step { get; }

    /// <summary>The plan.</summary>
    public UpgradePlan Plan { get; }

    /// <summary>What tells this upgrade from every other: what it makes and holds carries it.</summary>
    public string Mark { get; }

    /// <summary>The clusters, the system and where files go.</summary>
    public UpgradeSession Session { get; }

    /// <summary>How the upgrade is run.</summary>
    public UpgradeRunOptions Options { get; }

    /// <summary>What this step has noted earlier.</summary>
    public JsonObject Notes { get; }

    /// <summary>Whether what a step created has been removed on the way back.</summary>
    public Func<string, bool> IsRemoved { get; init; } = _ => false;

    /// <summary>What other steps have noted.</summary>
    public Func<string, JsonObject> NotesOf { get; init; } = _ => [];

    /// <summary>Sees to it that what earlier steps did is still in force; gives what was found and done.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<string>>> Keeping { get; init; } = _ => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>What others have to heed as long as what earlier steps did is in force.</summary>
    public Func<IEnumerable<string>> Heeding { get; init; } = () => [];

    /// <summary>What was found overwritten while the step was under way, and was put in force again.</summary>
    public IReadOnlyList<string> Kept => _kept;

    /// <summary>On the way back, the classes of workloads that must be left as they are.</summary>
    public WorkloadClass Withheld { get; init; }

    /// <summary>Where progress is told: as a part of the upgrade's.</summary>
    public IReporter Reporter => _reporter;

    /// <summary>Shows the step in the upgrade's progress, until what is given is disposed of.</summary>
    public IDisposable Begin() => _reporter.Begin();

    /// <summary>The clock.</summary>
    public TimeProvider Time => Session.Time;

    /// <summary>The cluster that the step is about.</summary>
    public ClusterConnection Target => Session.Of(Step.Target);

    /// <summary>The cluster that is to serve. Only steps of plans that have one ask for it.</summary>
    public ClusterConnection Green => Session.Of(UpgradeSide.Green);

    /// <summary>As whom AWS is asked, in the region that the step says.</summary>
    public AwsOptions Aws => Value("region") is { } region ? Session.Aws with { Region = region } : Session.Aws;

    /// <summary>The directory of this step, by plan and step.</summary>
    public string Folder => Path.Combine(Session.WorkPath, Step.Id);

    /// <summary>The directory for what the step leaves for reports; an export that fills the step's own is not disturbed by it.</summary>
    public string DetailsFolder => DetailsFolderOf(Session.WorkPath, Step.Id);

    /// <summary>The directory for what a step leaves for reports. No step's own has that name: ids have no dots.</summary>
    /// <param name="workPath">Where the upgrade's files are.</param>
    /// <param name="step">The step's id.</param>
    public static string DetailsFolderOf(string workPath, string step) => Path.Combine(workPath, $"{step}.details");

    /// <summary>A setting of the step, or its kind's default.</summary>
    public string? Value(string field) => StepKind.ValueOf(Step, field);

    /// <summary>A setting that is a length of time.</summary>
    public TimeSpan Duration(string field) => Foundation.Texts.Durations.Parse(Value(field)!)!.Value;

    /// <summary>A setting that is a list.</summary>
    public IReadOnlyList<string> Texts(string field) => Value(field)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>A setting that is a word of an enumeration.</summary>
    public T Choice<T>(string field)
        where T : struct, Enum => Enum.Parse<T>(Value(field)!);

    /// <summary>Another step, as it stands.</summary>
    public UpgradeStep Other(string id) => _stepOf(id);

    /// <summary>Whether somebody lets the step go on at this point.</summary>
    public bool IsApproved(string point) => _isApproved(point);

    /// <summary>Sees to it that what earlier steps did, and is to stay so, still is: to be called by what waits long while others work at the cluster.</summary>
    /// <exception cref="UpgradeException">It is not, and can't be made so.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken) => _kept.AddRange(await Keeping(cancellationToken).ConfigureAwait(false));

    /// <summary>What whoever works at the cluster by hand now has to heed; null for nothing.</summary>
    public string? ToHeed() => Heeding().Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } texts ? string.Join(" ", texts) : null;

    /// <summary>Writes something down that a resume or an undo of this step has to know.</summary>
    public Task NoteAsync(JsonObject note) => _note(note);
}
