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
                StepFields.Hosts, new("hostedZone", StepFieldType.Text), new("greenSource", StepFieldType.Text), new("blueSource", StepFieldType.Text),
                new("weights", StepFieldType.Texts), new("ttl", StepFieldType.Duration, "60s"), new("soak", StepFieldType.Duration, "5m"), StepFields.TestHost,
                .. StepFields.Probe, StepFields.Region,
            ],
        },
        new()
        {
            Name = StepKind.ExternalTraffic,
            Sides = [UpgradeSide.Green],
            Changes = "Nothing by itself: somebody else leads the host names to the cluster, where their DNS is kept, or by the rule of a load balancer.",
            Undo = "Somebody else leads them back; green serves until that is so.",
            Risk = UpgradeRisk.High,
            Fields =
            [
                StepFields.Hosts, new("redirectTo", StepFieldType.Text) { Refusal = StepFields.NoHostName }, new("greenSource", StepFieldType.Text), new("blueSource", StepFieldType.Text),
                new("task", StepFieldType.Text), new("probe", StepFieldType.Text, "/"), new("probeAddress", StepFieldType.Text), new("skipCertificateCheck", StepFieldType.Flag, "false"), StepFields.Region,
                StepFields.Timeout, new("interval", StepFieldType.Duration, "30s"),
            ],
        },
        new()
        {
            Name = StepKind.AddTestHost,
            Sides = [UpgradeSide.Green],
            Changes = "A record of Route 53 of its own: the test host leads to the cluster's load balancer until traffic does.",
            Undo = "The record is taken away.",
            Risk = UpgradeRisk.Low,
            Fields =
            [
                StepFields.TestHost with { Required = true }, StepFields.Hosts, new("hostedZone", StepFieldType.Text),
                new("greenSource", StepFieldType.Text), new("blueSource", StepFieldType.Text), StepFields.Region,
            ],
        },
    ];

    /// <summary>
    /// A step with what it shares with the steps of the plan that lead traffic, as far as nobody says it for the step itself:
    /// who watches after a switch asks what the switch asked, and a switch takes the test host away that was added before it.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="plan">All steps.</param>
    public static UpgradeStep Shared(UpgradeStep step, IReadOnlyList<UpgradeStep> plan)
    {
        if (step.Kind == StepKind.SwitchTraffic)
            return plan.FirstOrDefault(other => other.Kind == StepKind.AddTestHost) is { } test ? With(step, test, [("testHost", "testHost")]) : step;
        if (step.Setting.ContainsKey("hosts") || plan.FirstOrDefault(other => other.Kind is StepKind.SwitchTraffic or StepKind.ExternalTraffic && other.Setting.ContainsKey("hosts")) is not { } traffic)
            return step;
        // Who is redirected asks for the host that he is redirected to.
        if (traffic.Setting.TryGetValue("redirectTo", out var host))
            traffic = traffic with { Setting = new Dictionary<string, string>(traffic.Setting, StringComparer.Ordinal) { ["hosts"] = host } };
        return step.Kind switch
        {
            StepKind.AddTestHost => With(step, traffic, [("hosts", "hosts"), ("hostedZone", "hostedZone"), ("greenSource", "greenSource"), ("blueSource", "blueSource"), ("region", "region")]),
            StepKind.Soak when traffic.Kind == StepKind.ExternalTraffic && step.Target == UpgradeSide.Green => With(step, traffic, [("hosts", "hosts"), ("greenSource", "source")]),
            StepKind.Soak when step.Target == UpgradeSide.Green => With(step, traffic, [("hosts", "hosts"), ("greenSource", "source"), .. StepFields.Probe.Select(field => (field.Name, field.Name))]),
            _ => step,
        };
    }

    /// <summary>What of a step of these kinds does not go together; null where all does.</summary>
    public static PlanProblem? ProblemOf(UpgradeStep step, IReadOnlyList<UpgradeStep> plan)
    {
        if (step.Kind != StepKind.SwitchTraffic)
            return null;
        foreach (var other in plan.Where(other => other.Kind == StepKind.ExternalTraffic))
        {
            if (Hosts(step).Intersect(Hosts(other), StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } twice)
                return new PlanProblem(other.Id, "hosts", $"Steps '{step.Id}' and '{other.Id}' both lead {twice}.");
        }

        if (!step.Setting.TryGetValue("weights", out var weights))
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

    private static string[] Hosts(UpgradeStep step) => step.Setting.GetValueOrDefault("hosts", "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static UpgradeStep With(UpgradeStep step, UpgradeStep other, IEnumerable<(string From, string To)> fields)
    {
        var setting = new Dictionary<string, string>(step.Setting, StringComparer.Ordinal);
        foreach (var (from, to) in fields)
        {
            if (other.Setting.TryGetValue(from, out var value))
                setting.TryAdd(to, value);
        }

        return step with { Setting = setting };
    }
}
