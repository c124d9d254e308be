using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>The part <c>velero</c> of a system's description: what of it Velero moves, so that an import does not.</summary>
public sealed record SystemVelero
{
    /// <summary>What it moves.</summary>
    public IReadOnlyList<VeleroMoveRule> Moves { get; init; } = [];

    /// <summary>Whether Velero moves some objects of a kind, so that what it brings is another copy of the same name.</summary>
    public bool MovesSome(string group, string kind) => Moves.Any(rule => KindPattern.Matches(rule.Kinds, group, kind));

    /// <summary>The rule by which Velero moves all objects of a kind; null where it moves some or none.</summary>
    public VeleroMoveRule? ForWholeKind(string group, string kind) => Moves.FirstOrDefault(rule => rule.Drivers.Count == 0 && KindPattern.Matches(rule.Kinds, group, kind));

    /// <summary>The rule by which Velero moves a volume or a claim of a driver; null where it does not.</summary>
    /// <param name="group">The API group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="driver">The driver of the volume; null where that is not known, or the claim has none.</param>
    public VeleroMoveRule? ForVolume(string group, string kind, string? driver) => Moves.FirstOrDefault(rule =>
        KindPattern.Matches(rule.Kinds, group, kind) && (rule.Drivers.Count == 0 || driver is null || TextPattern.Matches(rule.Drivers, driver)));

    internal static SystemVelero Read(DescriptionNode node)
    {
        var velero = new SystemVelero { Moves = [.. node.Items("moves").Select(VeleroMoveRule.Read)] };
        return velero.Moves.Count > 0 ? velero : throw node.Error("moves", "velero.moves names nothing that Velero moves.");
    }
}

/// <summary>What Velero moves.</summary>
public sealed record VeleroMoveRule
{
    /// <summary>The kinds, each by itself: <c>PersistentVolumeClaim</c>.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>Of volumes and claims only those of these storage drivers, with <c>*</c>; empty for all.</summary>
    public IReadOnlyList<string> Drivers { get; init; } = [];

    /// <summary>Why, in words for people: a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The driver of a volume: of CSI, or the kind of volume that it is.</summary>
    /// <param name="volume">A PersistentVolume.</param>
    public static string DriverOf(JsonPart volume)
    {
        var spec = volume.Member("spec"u8);
        return spec.Member("csi"u8).Member("driver"u8).Text()
            ?? (spec.Member("awsElasticBlockStore"u8).HasContent ? "awsElasticBlockStore" : null)
            ?? volume.Member("metadata"u8).Member("annotations"u8).Member("pv.kubernetes.io/provisioned-by"u8).Text()
            ?? "";
    }

    internal static VeleroMoveRule Read(DescriptionNode node)
    {
        var rule = new VeleroMoveRule { Kinds = node.Texts("kinds"), Drivers = node.Texts("drivers"), Reason = node.RequiredText("reason") };
        if (rule.Kinds.Count == 0)
            throw node.Error("kinds", "The rule names no kinds.");
        if (rule.Kinds.FirstOrDefault(kind => !KindPattern.IsKind(kind)) is { } wrong)
            throw node.Error("kinds", $"'{wrong}' is no kind, such as PersistentVolumeClaim or Notebook.kubeflow.org: what Velero moves is named each by itself.");
        return rule.Drivers.Count == 0 || rule.Kinds.All(kind => kind is "PersistentVolume" or "PersistentVolumeClaim")
            ? rule
            : throw node.Error("drivers", "Only a PersistentVolume and a PersistentVolumeClaim have a storage driver.");
    }
}
