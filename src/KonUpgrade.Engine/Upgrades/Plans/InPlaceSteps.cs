using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>
/// The steps of an upgrade in place: those that the system's description has, once for each version on the way, the steps of
/// one version after those of the version before. An id carries its version (<c>install-2-31</c>); whoever makes the plan
/// may name a step of every version without it.
/// </summary>
internal static class InPlaceSteps
{
    private static readonly Dictionary<string, string> s_none = [];

    /// <summary>The steps of a plan.</summary>
    /// <param name="system">The system, which has a part <c>inPlace</c>.</param>
    /// <param name="hops">The versions on the way.</param>
    /// <param name="cluster">What the cluster is called.</param>
    /// <param name="options">What whoever makes the plan chooses.</param>
    /// <param name="reporter">Told of what is left out.</param>
    /// <exception cref="UpgradeException">UnknownStep, StepSettingInvalid, StepSettingMissing, PlanBroken; InvalidSystem.</exception>
    public static List<UpgradeStep> Of(SystemDescription system, IReadOnlyList<VersionHop> hops, string cluster, UpgradePlanOptions options, IReporter reporter)
    {
        var plain = SystemSteps.InPlace(system);
        var all = hops.SelectMany(hop => plain.Select(step => Named(step, hop, system.InPlace!, cluster))).ToList();
        var ids = plain.Select(step => step.Id).ToList();
        if (options.Omit.Concat(options.Setting.Keys).Concat(options.Gate).Concat(options.ScriptGate).FirstOrDefault(id => !ids.Contains(id) && !all.Exists(step => step.Id == id)) is { } unknown)
            throw new UpgradeException(UpgradePlanner.UnknownStep(unknown, "the plan", all));
        var steps = new List<UpgradeStep>();
        foreach (var hop in hops)
        {
            var own = SystemSteps.InPlace(system, ChosenFor(hop, plain, options), reporter).Select(step => Named(step, hop, system.InPlace!, cluster)).ToList();
            var ends = steps.Where(step => !steps.Exists(other => other.After.Contains(step.Id))).Select(step => step.Id).ToList();
            steps.AddRange(own.Select(step => step.After.Count > 0 ? step : step with { After = ends }));
        }

        return steps;
    }

    /// <summary>What is chosen for a step: for it alone, or for that of every version.</summary>
    public static bool IsNamed(UpgradeStep step, IReadOnlyList<string> names, IReadOnlyList<VersionHop> hops) =>
        names.Contains(step.Id) || hops.Any(hop => step.Id.EndsWith($"-{hop.Id}", StringComparison.Ordinal) && names.Contains(step.Id[..^(hop.Id.Length + 1)]));

    private static UpgradePlanOptions ChosenFor(VersionHop hop, IReadOnlyList<UpgradeStep> plain, UpgradePlanOptions options)
    {
        var setting = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var (id, kind) in plain.Select(step => (step.Id, step.Kind)))
        {
            // What is said of one version comes before what is said of all. Below a path that is said of all, each export has its own; an empty one stays empty, to be refused.
            var own = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in options.Setting.GetValueOrDefault(id) ?? s_none)
                own[name] = kind == StepKind.ExportConfig && string.Equals(name, "path", StringComparison.OrdinalIgnoreCase) && !string.IsNullOrWhiteSpace(value) ? Path.Combine(value, hop.IdOf(id)) : value;
            foreach (var (name, value) in options.Setting.GetValueOrDefault(hop.IdOf(id)) ?? s_none)
                own[name] = value;
            if (own.Count > 0)
                setting[id] = own;
        }

        return options with { Setting = setting, Omit = [.. plain.Select(step => step.Id).Where(id => options.Omit.Contains(id) || options.Omit.Contains(hop.IdOf(id)))] };
    }

    private static UpgradeStep Named(UpgradeStep step, VersionHop hop, SystemInPlace inPlace, string cluster)
    {
        var fields = StepKind.Find(step.Kind)!.Fields;
        var named = step with
        {
            Id = hop.IdOf(step.Id),
            Title = Text(step.Title),
            Changes = Text(step.Changes ?? ""),
            Undo = Text(step.Undo ?? ""),
            After = [.. step.After.Select(hop.IdOf)],
            Setting = step.Setting.ToDictionary(
                s => s.Key, s => fields.Any(field => field.Name == s.Key && field.Type == StepFieldType.Step) ? hop.IdOf(s.Value) : Text(s.Value), StringComparer.Ordinal),
        };
        return StepText.IsName(named.Id) ? named : throw inPlace.Error("steps", $"'{named.Id}' is no step's id: with its version it is too long.");

        string Text(string text) => text
            .Replace("{cluster}", cluster, StringComparison.Ordinal)
            .Replace("{from}", hop.From, StringComparison.Ordinal)
            .Replace("{to}", hop.To.ToString(), StringComparison.Ordinal)
            .Replace("{release}", hop.To.Release, StringComparison.Ordinal);
    }
}
