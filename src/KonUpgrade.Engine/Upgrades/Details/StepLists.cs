using System.Text.Json.Serialization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Details;

/// <summary>
/// The lists that steps leave. A step of any kind may leave any of them, of each name one:
/// <code>
/// var checks = new List&lt;ReadinessCheck&gt;();
/// // …
/// var result = new StepResult(text) { Failure = failure, Output = await StepLists.Checks.WriteAsync(run, checks, cancellationToken) };
/// </code>
/// </summary>
internal static class StepLists
{
    /// <summary>Checks of a cluster, before or after: <c>checks.jsonl</c>.</summary>
    public static StepList<ReadinessCheck> Checks { get; } = new("checks", DetailsJson.Default.ReadinessCheck);

    /// <summary>In what green is not what blue is, as comparing their health tells it: <c>health.jsonl</c>.</summary>
    public static StepList<ClusterDifference> Health { get; } = new("health", DetailsJson.Default.ClusterDifference);
}

/// <summary>How lines of lists are written: enumerations by their words, nothing where there is nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReadinessCheck))]
[JsonSerializable(typeof(ClusterDifference))]
internal sealed partial class DetailsJson : JsonSerializerContext;
