using System.Globalization;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.State;

/// <summary>Waits for what Velero does for a step, and carries what is known of a backup from one step to another.</summary>
internal static class VeleroEnd
{
    private const string NameOutput = "backup";
    private const string BucketOutput = "bucket";
    private const string PrefixOutput = "prefix";
    private const string StartOutput = "startTimestamp";
    private const string CompleteOutput = "complete";

    /// <summary>It, when it has ended, or when the step's time is over.</summary>
    public static async Task<T> OfAsync<T>(StepRun run, T begun, CancellationToken cancellationToken)
        where T : VeleroOperation
    {
        var ended = begun;
        var wait = new VeleroWaitOptions { Timeout = run.Duration("timeout") };
        await foreach (var one in new VeleroWaiter(run.Target, run.Reporter, run.Time).WaitAsync([begun], wait, cancellationToken).ConfigureAwait(false))
            ended = one;
        return ended;
    }

    /// <summary>How it ended.</summary>
    public static string Words(VeleroOperation ended) => string.Create(
        CultureInfo.InvariantCulture, $"{ended.Name} {ended.Phase}: {ended.ItemsDone ?? 0} items, {ended.Warnings} warnings, {ended.Errors} errors");

    /// <summary>What a restore must know of a backup.</summary>
    public static IReadOnlyDictionary<string, string> OutputOf(VeleroBackup backup)
    {
        var output = new Dictionary<string, string>(StringComparer.Ordinal) { [NameOutput] = backup.Name, [CompleteOutput] = backup.Complete ? "true" : "false" };
        if (backup.Bucket is { } bucket)
            output[BucketOutput] = bucket;
        if (backup.Prefix is { } prefix)
            output[PrefixOutput] = prefix;
        if (backup.StartTimestamp is { } start)
            output[StartOutput] = start.ToString("O", CultureInfo.InvariantCulture);
        return output;
    }

    /// <summary>The backup that a step made; what of it is not written down, the cluster to which it has come knows.</summary>
    public static VeleroBackup BackupOf(StepRun run, UpgradeStep made) => new()
    {
        Name = made.Output[NameOutput],
        VeleroNamespace = run.Value("veleroNamespace")!,
        Phase = "",
        Bucket = made.Output.GetValueOrDefault(BucketOutput),
        Prefix = made.Output.GetValueOrDefault(PrefixOutput),
        StartTimestamp = made.Output.TryGetValue(StartOutput, out var start) ? DateTimeOffset.Parse(start, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind) : null,
        ClusterUid = run.Plan.Blue.ClusterUid,
        SourceClusterUid = run.Plan.Blue.ClusterUid,
    };
}
