using System.Text.Json.Nodes;
using KonUpgrade.Engine.Systems.Kubermatic.Reconciling;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Reconciling;

/// <summary>What the journal has of a limit before it was lowered, and what it was lowered to.</summary>
internal sealed record LimitNote
{
    private const string NotePlace = "limit";

    /// <summary>The namespace of the KubermaticConfiguration.</summary>
    public required string Namespace { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its UID.</summary>
    public string? Uid { get; init; }

    /// <summary>What was written before; null where nothing was.</summary>
    public int? Before { get; init; }

    /// <summary>Whether that is what was set with KonUpgrade too, which keeps what was before it.</summary>
    public bool WasKept { get; init; }

    /// <summary>The limit that is to be in force.</summary>
    public required int Limit { get; init; }

    /// <summary>What the notes of a step say; null where it has not come to that.</summary>
    public static LimitNote? Of(JsonObject notes) => notes[NotePlace] is JsonObject json
        ? new LimitNote
        {
            Namespace = json["namespace"]!.GetValue<string>(),
            Name = json["name"]!.GetValue<string>(),
            Uid = json["uid"]?.GetValue<string>(),
            Before = json["before"]?.GetValue<int>(),
            WasKept = json["wasKept"]?.GetValue<bool>() == true,
            Limit = json["limit"]!.GetValue<int>(),
        }
        : null;

    /// <summary>It, for the journal.</summary>
    public JsonObject ToJson() => new()
    {
        [NotePlace] = new JsonObject
        {
            ["namespace"] = Namespace,
            ["name"] = Name,
            ["uid"] = Uid,
            ["before"] = Before,
            ["wasKept"] = WasKept,
            ["limit"] = Limit,
        },
    };

    /// <summary>What looks at it and writes it.</summary>
    public LimitWriter WriterOn(StepRun run) => new(run.Target, Namespace, Name, Uid);

    /// <summary>Which configuration is meant.</summary>
    public ReconcileLimitOptions Options(StepRun run) => OptionsOf(run, Namespace) with { Name = Name };

    // The kubeconfigs that lead to seeds stand by themselves: none of them may start a program.
    /// <summary>How the seeds are looked at.</summary>
    public static ReconcileLimitOptions OptionsOf(StepRun run, string? @namespace) => new()
    {
        Namespace = @namespace,
        Connection = Connections.ConnectionOptions.OfHeldKubeConfig(run.Time),
    };

    /// <summary>That the configuration is gone.</summary>
    public Failure Gone(StepRun run) => LimitFailures.Gone(On(run));

    /// <summary>That others apply the limit.</summary>
    public Failure Applied(StepRun run, IReadOnlyList<string> managers) => LimitFailures.Applied(On(run), managers);

    private ReconcileLimit On(StepRun run) => new() { Context = run.Target.Context.Name, Namespace = Namespace, Name = Name };
}
