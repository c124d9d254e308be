namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>A version of Kubernetes that the service offers.</summary>
public sealed record ClusterVersionInformation
{
    /// <summary>The minor version: <c>1.34</c>.</summary>
    public string ClusterVersion { get; init; } = "";

    /// <summary><c>STANDARD_SUPPORT</c>, <c>EXTENDED_SUPPORT</c> or <c>UNSUPPORTED</c>.</summary>
    public string? VersionStatus { get; init; }

    /// <summary>When its standard support ends.</summary>
    public DateTimeOffset? EndOfStandardSupportDate { get; init; }

    /// <summary>When its extended support ends, and with it all support.</summary>
    public DateTimeOffset? EndOfExtendedSupportDate { get; init; }
}
