namespace KonUpgrade.Engine.Nodepools.Draining.Filters;

/// <summary>What a rule says of a pod.</summary>
/// <param name="Goes">Whether the pod goes, as far as this rule is asked.</param>
/// <param name="Warning">What is to be known of it all the same; null for nothing.</param>
/// <param name="Refusal">Why the pod may not go, so that its node is not begun; null where it may, or simply stays.</param>
internal sealed record PodVerdict(bool Goes, string? Warning = null, PodRefusal? Refusal = null)
{
    /// <summary>The rule has nothing against it.</summary>
    public static PodVerdict Go { get; } = new(true);

    /// <summary>The pod stays, and nobody need be told.</summary>
    public static PodVerdict Skip { get; } = new(false);

    public static PodVerdict GoWith(string warning) => new(true, warning);

    public static PodVerdict Leave(string warning) => new(false, warning);

    public static PodVerdict Refuse(PodRefusal refusal) => new(false, null, refusal);
}

/// <summary>Why a pod may not go. Pods of a node that are refused for the same reason are told together.</summary>
/// <param name="Id">The stable id of the reason.</param>
/// <param name="Message">The reason, for one pod or several.</param>
/// <param name="Recommendation">What helps.</param>
internal sealed record PodRefusal(string Id, string Message, string? Recommendation);
