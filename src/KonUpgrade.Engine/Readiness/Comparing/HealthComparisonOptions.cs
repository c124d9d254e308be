using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Readiness.Surveys;

namespace KonUpgrade.Engine.Readiness.Comparing;

/// <summary>What of two clusters is compared.</summary>
public sealed record HealthComparisonOptions
{
    /// <summary>The system as which both are seen: its rules say what is to be the same.</summary>
    public required SystemDefinition System { get; init; }

    /// <summary>The system's own checks: what they find on green counts, too.</summary>
    public IReadOnlyList<IReadinessCheck<ClusterSurvey>> Checks { get; init; } = [];

    /// <summary>The namespaces that are meant; empty for all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>How long it is waited until nothing blocks; null for not at all.</summary>
    public ReadinessWait? Wait { get; init; }

    /// <summary>What is recorded of the way from blue to green.</summary>
    public ImportRecords Records { get; init; } = new();
}
