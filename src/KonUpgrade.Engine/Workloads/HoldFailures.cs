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
}
