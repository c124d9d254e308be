using System.Text.Json.Serialization;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Upgrades.Running;
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

    /// <summary>What an import did with each object: <c>objects.jsonl</c>.</summary>
    public static StepList<ObjectOutcome> Objects { get; } = new("objects", DetailsJson.Default.ObjectOutcome);

    /// <summary>In what green is not as an export of blue says: <c>differences.jsonl</c>.</summary>
    public static StepList<ObjectDifference> Differences { get; } = new("differences", DetailsJson.Default.ObjectDifference);

    /// <summary>What became of workloads that were held or given back: <c>workloads.jsonl</c>.</summary>
    public static StepList<WorkloadOutcome> Workloads { get; } = new("workloads", DetailsJson.Default.WorkloadOutcome);

    /// <summary>What an undo left as it was: <c>left.jsonl</c>.</summary>
    public static StepList<LeftOnGreen> Left { get; } = new("left", DetailsJson.Default.LeftOnGreen);

    /// <summary>Where a list is written until it ends.</summary>
    public static string BegunOf(string path) => $"{path}.{Guid.NewGuid():N}.tmp";

    /// <summary>Removes what a run that was killed has left of the lists that it had begun. The caller holds the upgrade's journal.</summary>
    /// <param name="workPath">Where the upgrade's files are.</param>
    /// <param name="steps">Its steps.</param>
    public static void DropBegun(string workPath, IEnumerable<UpgradeStep> steps)
    {
        foreach (var folder in steps.Select(step => StepRun.DetailsFolderOf(workPath, step.Id)).Where(Directory.Exists))
        {
            try
            {
                foreach (var file in Directory.EnumerateFiles(folder).Where(IsBegun))
                    File.Delete(file);
            }
            catch (Exception e) when (FileFailures.IsOfFiles(e))
            {
                // They are in nobody's way; the next run tries again.
            }
        }
    }

    /// <summary>Outputs of a step, put together.</summary>
    public static IReadOnlyDictionary<string, string> Join(params IReadOnlyDictionary<string, string>[] outputs) =>
        outputs.SelectMany(output => output).GroupBy(o => o.Key, StringComparer.Ordinal).ToDictionary(o => o.Key, o => o.Last().Value, StringComparer.Ordinal);

    private static bool IsBegun(string file) => Path.GetFileName(file).Split('.') is [_, "jsonl", var id, "tmp"] && Guid.TryParseExact(id, "N", out _);
}

/// <summary>How lines of lists are written: enumerations by their words, nothing where there is nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReadinessCheck))]
[JsonSerializable(typeof(ClusterDifference))]
[JsonSerializable(typeof(ObjectOutcome))]
[JsonSerializable(typeof(ObjectDifference))]
[JsonSerializable(typeof(WorkloadOutcome))]
[JsonSerializable(typeof(LeftOnGreen))]
internal sealed partial class DetailsJson : JsonSerializerContext;
