using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>
/// The limit in a KubermaticConfiguration. A lower one holds back the work of all seeds, and is kept as every hold is: what
/// was before, also that there was nothing, is in the annotation of a held object. So an export writes what was before.
/// </summary>
internal static class LimitField
{
    private const string Kind = "KubermaticConfiguration";

    /// <summary>Where it is.</summary>
    public static FieldPath Path { get; } = FieldPath.Of("spec", "seedController", "maximumParallelReconciles");

    /// <summary>By what a configuration is held at a limit.</summary>
    public static HoldMeans Means(int limit) => new()
    {
        Group = KubermaticRole.Group,
        Kind = Kind,
        Class = WorkloadClass.Scheduled,
        Fields = [new HoldingField(Path, limit.ToString(CultureInfo.InvariantCulture))],
        Waits = false,
    };

    /// <summary>The limit as a configuration has it, and what it was before.</summary>
    /// <exception cref="UpgradeException">HoldStateDamaged.</exception>
    public static LimitState Read(KubernetesObject configuration)
    {
        var held = HoldState.Of(JsonTree.Parse(configuration.Json), configuration.ToString());
        var ours = held?.Fields.FirstOrDefault(field => field.Path == Path);
        return new LimitState
        {
            Configured = Number(configuration.Root.Member("spec"u8).Member("seedController"u8).Member("maximumParallelReconciles"u8)),
            IsKept = ours is not null,
            Before = Number(ours?.Was),
            Set = Number(ours?.Held),
            HeldBeside = [.. (held?.Fields ?? []).Where(field => field.Path != Path).Select(field => field.Text)],
            Owners = FieldOwnership.Of(configuration, Path),
        };
    }

    /// <summary>A limit as people read it, with what is written where that is something else.</summary>
    public static string Text(int? configured) => configured switch
    {
        null => $"{ReconcileLimit.Default} (nothing is configured)",
        0 => $"{ReconcileLimit.Default} (configured as 0)",
        { } limit => limit.ToString(CultureInfo.InvariantCulture),
    };

    private static int? Number(JsonPart value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static int? Number(JsonNode? value) => value is JsonValue one && one.TryGetValue<int>(out var number) ? number : null;
}

/// <summary>The limit of a configuration.</summary>
internal sealed record LimitState
{
    /// <summary>What is written; null where nothing is.</summary>
    public int? Configured { get; init; }

    /// <summary>Whether what was before is kept.</summary>
    public bool IsKept { get; init; }

    /// <summary>What was written before; null where nothing was.</summary>
    public int? Before { get; init; }

    /// <summary>What we have set.</summary>
    public int? Set { get; init; }

    /// <summary>Fields beside the limit by which something else holds the configuration.</summary>
    public IReadOnlyList<string> HeldBeside { get; init; } = [];

    /// <summary>Who owns the field.</summary>
    public IReadOnlyList<FieldManager> Owners { get; init; } = [];

    /// <summary>Who applies the field, beside us, and will write it again.</summary>
    public IReadOnlyList<string> Appliers =>
        [.. Owners.Where(owner => owner.Operation == "Apply" && owner.Manager != OurFieldManager.Name).Select(owner => owner.Manager).Distinct(StringComparer.Ordinal)];

    /// <summary>The limit that holds.</summary>
    public int Limit => ReconcileLimit.Effective(Configured);

    /// <summary>Whether what is written is what we have set.</summary>
    public bool IsOurs => IsKept && Configured == Set;

    /// <summary>Whether somebody has set another limit since we did. What was before is nobody's change.</summary>
    public bool IsTaken => IsKept && Configured != Set && Configured != Before;

    /// <inheritdoc/>
    public override string ToString() => LimitField.Text(Configured);
}
