using KonUpgrade.Engine.Workloads;

namespace KonUpgrade.Engine.Configuration.Importing.Holding;

/// <summary>What speaks against a workload's running as soon as it is there, whatever its class.</summary>
internal sealed record HoldCause
{
    /// <summary>Why, in words for people.</summary>
    public required string Reason { get; init; }

    /// <summary>What must be there before it may run.</summary>
    public IReadOnlyList<HoldNeed> Needs { get; init; } = [];

    /// <summary>That it acts on the world outside; null where it does not.</summary>
    public HoldOutward? Outward { get; init; }

    /// <summary>What speaks against an object; null where nothing does.</summary>
    /// <param name="claims">The claims that it lacks, or null.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="outside">What it would do outside, as a rule says it; null where it does nothing or is allowed to.</param>
    public static HoldCause? Of(MissingClaims? claims, string kind, string? outside)
    {
        var outward = outside is null ? null : new HoldOutward(kind, Clause(outside));
        return (claims, outward) switch
        {
            (null, null) => null,
            (null, _) => new HoldCause { Reason = outward.Reason, Outward = outward },
            (_, null) => new HoldCause { Reason = claims.Reason, Needs = claims.Needs },
            _ => new HoldCause { Reason = $"{claims.Reason}; and {outward.Reason}", Needs = claims.Needs, Outward = outward },
        };
    }

    // A sentence of a description, within one of ours.
    private static string Clause(string sentence) =>
        (sentence.StartsWith("It ", StringComparison.Ordinal) ? $"i{sentence[1..]}" : sentence).TrimEnd('.');
}
