using KonUpgrade.Engine.Traffic;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>The kinds of steps that say which cluster is reached.</summary>
internal static class TrafficStepKinds
{
    /// <summary>They.</summary>
    public static IReadOnlyList<StepKind> All { get; } =
    [
        new()
        {
            Name = StepKind.SwitchTraffic,
            Sides = [UpgradeSide.Green],
            Changes = "Records of Route 53: the host names lead to the cluster. Where a probe fails they lead back.",
            Undo = "The records of before are put back, and the time for which answers are kept is waited out.",
            Risk = UpgradeRisk.High,
            Fields =
            [
                new("hosts", StepFieldType.Texts) { Required = true }, new("hostedZone", StepFieldType.Text), new("greenSource", StepFieldType.Text), new("blueSource", StepFieldType.Text),
                new("weights", StepFieldType.Texts), new("ttl", StepFieldType.Duration, "60s"), new("soak", StepFieldType.Duration, "5m"), new("testHost", StepFieldType.Text),
                new("probe", StepFieldType.Text, "/"), new("status", StepFieldType.Texts), new("maximumLatency", StepFieldType.Duration), new("probeInterval", StepFieldType.Duration, "10s"),
                new("probeAddress", StepFieldType.Text), new("skipCertificateCheck", StepFieldType.Flag, "false"), StepFields.Region,
            ],
        },
    ];

    /// <summary>What of a step of these kinds does not go together; null where all does.</summary>
    public static PlanProblem? ProblemOf(UpgradeStep step, IReadOnlyList<UpgradeStep> plan)
    {
        if (step.Kind != StepKind.SwitchTraffic || !step.Setting.TryGetValue("weights", out var weights))
            return null;
        var parts = weights.Split(',', StringSplitOptions.TrimEntries);
        var numbers = parts.Select(part => int.TryParse(part, out var number) ? number : 0).ToList();
        if (!TrafficSwitchOptions.AreStages(numbers))
            return new PlanProblem(step.Id, "weights", $"'{weights}' are no stages: percents that rise, the last one 100, as 5, 25, 100.");
        // Who is on blue and who is on green would write to the same stores at once.
        return plan.Any(other => other.Kind == StepKind.QuiesceWorkload && StepKind.ValueOf(other, "outage") == "true")
            ? new PlanProblem(step.Id, "weights", $"Step '{step.Id}' has stages, and the plan stops blue before green begins, since both write to the same stores: its traffic goes all at once.")
            : null;
    }
}
