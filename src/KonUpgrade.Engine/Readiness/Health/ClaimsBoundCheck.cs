using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>Every claim has its volume.</summary>
/// <param name="named">The claims that are meant, as <c>namespace/name</c>; empty for all.</param>
internal sealed class ClaimsBoundCheck(IReadOnlyList<string>? named = null) : IReadinessCheck<ClusterSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "ClaimsBound",
        Title = "Every PersistentVolumeClaim is bound",
        Category = ReadinessCategory.Storage,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Look at the claim's events: whether its storage class is there, and its provisioner runs.",
        Documentation = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding",
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var all = await subject.ReadAsync(ClaimFact.All, cancellationToken).ConfigureAwait(false);
        var claims = named is { Count: > 0 } ? [.. all.Where(claim => named.Contains(NameOf(claim), StringComparer.Ordinal))] : all;
        var absent = (named ?? []).Except(claims.Select(NameOf), StringComparer.Ordinal).Select(Absent).ToList();
        var open = claims.Where(claim => claim.Phase != "Bound").ToList();
        if (open.Count == 0)
            return ReadinessOutcome.Of(claims.Count, "claim", absent);
        var classes = await subject.ReadAsync(StorageClassFact.All, cancellationToken).ConfigureAwait(false);
        var pods = await subject.ReadAsync(PodFact.All, cancellationToken).ConfigureAwait(false);
        var wanted = pods.Where(pod => !pod.IsFinished).SelectMany(pod => pod.Claims.Select(claim => (pod.Namespace, claim))).ToHashSet();
        return ReadinessOutcome.Of(claims.Count, "claim", [.. absent, .. open.Select(claim => Look(claim, classes, wanted.Contains((claim.Namespace, claim.Name))))]);
    }

    private static string NameOf(ClaimFact claim) => $"{claim.Namespace}/{claim.Name}";

    private static ReadinessFinding Absent(string claim) => new()
    {
        Target = $"PersistentVolumeClaim {claim}",
        Severity = ReadinessSeverity.Blocking,
        Message = $"There is no PersistentVolumeClaim {claim}.",
        Remedy = "Bring it, or name another one.",
    };

    private static ReadinessFinding Look(ClaimFact claim, IReadOnlyList<StorageClassFact> classes, bool isWanted)
    {
        if (claim.Phase == "Lost")
            return claim.Finding(claim.Volume is { Length: > 0 } volume ? $"its volume {volume} is gone" : "its volume is gone", remedy: "What was on the volume comes back from a snapshot, not by itself.");
        var storage = claim.StorageClass is { Length: > 0 } name ? classes.FirstOrDefault(one => one.Name == name) : classes.FirstOrDefault(one => one.IsDefault);
        if (storage is { WaitsForPod: true } && !isWanted)
            return claim.Finding($"it waits for a pod that wants it, as its storage class {storage.Name} has it", ReadinessSeverity.Advisory);
        return claim.Finding(
            storage is not null ? "no volume is bound to it"
            : claim.StorageClass is { Length: > 0 } missing ? $"no volume is bound to it, and there is no storage class {missing}"
            : "no volume is bound to it, and it names no storage class", since: claim.CreatedAt);
    }
}
