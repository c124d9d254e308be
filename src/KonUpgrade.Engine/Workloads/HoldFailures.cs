using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>What can keep a workload from being held or released.</summary>
internal static class HoldFailures
{
    public static Failure Damaged(string what, string why) => new()
    {
        Id = "HoldStateDamaged",
        Kind = FailureKind.InvalidData,
        Message = $"{what}: its annotation {HoldState.Annotation}, which says what it was before it was held, can't be read: {why}",
        Recommendation = $"Give its fields the values that it should have, then remove the annotation {HoldState.Annotation}.",
        Target = what,
    };

    public static Failure NotAMapping(string field, string part) => new()
    {
        Id = "HoldNotPossible",
        Kind = FailureKind.InvalidData,
        Message = $"It can't be held by {field}: its {part} is no mapping.",
        Recommendation = "Look at the object; it is not what its kind promises.",
    };

    public static Failure LosesClaims(string what) => new()
    {
        Id = "HoldLosesData",
        Kind = FailureKind.Refused,
        Message = $"{what} is not suspended: without replicas it would delete its PersistentVolumeClaims, and the data with them (spec.persistentVolumeClaimRetentionPolicy.whenScaled is Delete).",
        Recommendation = "Set whenScaled to Retain, then suspend it again.",
        Target = what,
    };

    public static Failure KindNotServed(string what, string kind, string cluster) => new()
    {
        Id = "ResourceNotServed",
        Kind = FailureKind.NotFound,
        Message = $"{what} was not changed: {cluster} does not serve {kind} any more.",
        Recommendation = "Its definition, or that version of it, was removed, or the server behind it is gone. Run the command again; what the cluster serves is looked up anew.",
        Target = what,
    };

    public static Failure KindNotFound(string word, string cluster) => new()
    {
        Id = "KindNotFound",
        Kind = FailureKind.InvalidArgument,
        Message = $"{cluster} serves no kind '{word}'.",
        Recommendation = "Name kinds as CronJob or, where several groups have one, App.k11n.dev.",
        Target = word,
    };

    public static Failure KindNotHeld(string word, IReadOnlyList<HoldMeans> means) => new()
    {
        Id = "KindNotHeld",
        Kind = FailureKind.InvalidArgument,
        Message = $"Nobody here knows by what a {word} is held back.",
        Recommendation = $"These can be held: {string.Join(", ", means.Select(m => m.KindAndGroup))}. A system of your own names more (hold: in its file).",
        Target = word,
    };

    public static Failure GroupNotFound(string word, string cluster) => new()
    {
        Id = "GroupNotFound",
        Kind = FailureKind.InvalidArgument,
        Message = $"{cluster} serves no API group '{word}'.",
        Recommendation = "Name groups as apps or k11n.dev; the core group is written core.",
        Target = word,
    };
}
