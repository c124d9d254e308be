namespace KonUpgrade.Engine.Manifests.Comparison;

/// <summary>How two objects are compared.</summary>
public sealed record FieldComparisonOptions
{
    /// <summary>Every field counts, on either side.</summary>
    public static FieldComparisonOptions Whole { get; } = new();

    /// <summary>
    /// Only what the reference says counts: whether the other object holds every field of it. What a server or
    /// somebody else has added is no difference.
    /// </summary>
    public static FieldComparisonOptions HoldsReference { get; } = new() { OnlyReferenceFields = true };

    /// <summary>Whether fields that only the other object has are left out.</summary>
    public bool OnlyReferenceFields { get; init; }

    /// <summary>
    /// Whether a field that only one side has is left out when it holds the value that an API server of some
    /// version writes there by itself; see <see cref="ServerDefaults"/>.
    /// </summary>
    public bool IgnoreServerDefaults { get; init; }

    /// <summary>Whether values are kept out of the result. Always so for <see cref="SecretKinds"/>.</summary>
    public bool HideValues { get; init; }

    /// <summary>Top-level paths that are left out, such as <c>spec.replicas</c>; field names joined by dots, no lists.</summary>
    public IReadOnlySet<string> IgnoredPaths { get; init; } = new HashSet<string>();

    /// <summary>How many characters of a value's JSON are kept; a longer one is cut and ends in an ellipsis.</summary>
    public int MaximumValueLength { get; init; } = 200;
}
