using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.State;

/// <summary>
/// What runs on green does not write to what blue still uses: no store (a disk, a directory of a file system) that both
/// have a volume for is mounted there by a pod, or by a CronJob that will make one.
/// </summary>
internal sealed class SharedStoresCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "SharedStores",
        Title = "Nothing on green uses a store of blue's before its time",
        Category = ReadinessCategory.State,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Hold what uses it on green (Suspend-ClusterWorkload) until blue's is held and traffic shifts.",
        Documentation = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        if (subject.Way == UpgradeWay.InPlace)
            return ReadinessOutcome.None("In place there is no second cluster.");
        if (subject.Green is not { } green)
            return ReadinessOutcome.None("There is no green cluster yet.");
        var shared = await SharedAsync(subject.Blue, green, cancellationToken).ConfigureAwait(false);
        if (shared.Count == 0)
            return ReadinessOutcome.None("No volume of green stands for a store that a volume of blue stands for.");
        var ofClaim = shared.Where(one => one.Green.Claim is not null).ToDictionary(one => one.Green.Claim!.Value);
        var pods = (await green.ReadAsync(PodFact.All, cancellationToken).ConfigureAwait(false)).Where(pod => !pod.IsFinished);
        var jobs = (await green.ReadAsync(CronJobFact.All, cancellationToken).ConfigureAwait(false)).Where(job => !job.IsSuspended);
        var users = pods.Select(pod => ((ObjectFact)pod, pod.Claims)).Concat(jobs.Select(job => ((ObjectFact)job, job.Claims)));
        var findings = users.SelectMany(user => user.Claims.Distinct(StringComparer.Ordinal)
            .Where(claim => ofClaim.ContainsKey((user.Item1.Namespace ?? "", claim)))
            .Select(claim => Used(user.Item1, ofClaim[(user.Item1.Namespace ?? "", claim)])));
        return ReadinessOutcome.Of(shared.Count, "store of both clusters", [.. findings, .. shared.Where(one => one.Green.IsDeletedWithClaim).Select(Deleted)], "stores of both clusters");
    }

    private static async Task<List<SharedVolume>> SharedAsync(ClusterSurvey blue, ClusterSurvey green, CancellationToken cancellationToken)
    {
        var there = (await blue.ReadAsync(VolumeFact.All, cancellationToken).ConfigureAwait(false)).Where(volume => volume.Store is not null).ToLookup(volume => (volume.Store!.Kind, volume.Store.Id));
        return
        [
            .. (await green.ReadAsync(VolumeFact.All, cancellationToken).ConfigureAwait(false)).Where(volume => volume.Store is not null)
                .Select(volume => (Green: volume, Blue: there[(volume.Store!.Kind, volume.Store.Id)].FirstOrDefault(other => volume.Store.Overlaps(other.Store!))))
                .Where(one => one.Blue is not null)
                .Select(one => new SharedVolume(one.Green, one.Blue!)),
        ];
    }

    private static ReadinessFinding Used(ObjectFact user, SharedVolume shared) =>
        user.Finding($"it uses {shared.Green.Store} on green ({shared.Green}), which is blue's {shared.Blue}{(shared.Blue.Claim is var (ns, name) ? $", of the claim {ns}/{name}" : "")}");

    private static ReadinessFinding Deleted(SharedVolume shared) => shared.Green.Finding(
        $"green would delete {shared.Green.Store} with its claim (reclaim policy Delete), and blue's {shared.Blue} stands for it, too", ReadinessSeverity.Advisory,
        remedy: "Set its reclaim policy to Retain on green.");

    private sealed record SharedVolume(VolumeFact Green, VolumeFact Blue);
}
