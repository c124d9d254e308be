using System.Globalization;
using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Storage;

/// <summary>
/// A green cluster can take over every volume as it is: none lies on a node of this cluster, none is in a zone where green
/// has no node, and who is to have it next is known.
/// </summary>
internal sealed class VolumesMovableCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "VolumesMovable",
        Title = "A green cluster can take over every volume",
        Category = ReadinessCategory.Storage,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Move the data by a copy (the application's own, or Velero's of the file system), and leave out with -Exclude what is known.",
        Documentation = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        if (subject.Way == UpgradeWay.InPlace)
            return ReadinessOutcome.None("In place the volumes stay where they are.");
        var volumes = await subject.Blue.ReadAsync(VolumeFact.All, cancellationToken).ConfigureAwait(false);
        if (volumes.Count == 0)
            return ReadinessOutcome.None("There are no volumes here.");
        var users = (await subject.Blue.ReadAsync(PodFact.All, cancellationToken).ConfigureAwait(false)).Where(pod => !pod.IsFinished)
            .SelectMany(pod => pod.Claims.Select(claim => (Key: (pod.Namespace ?? "", claim), Pod: pod)))
            .ToLookup(one => one.Key, one => one.Pod);
        var nodes = subject.Green is { } green ? await green.ReadAsync(NodeFact.All, cancellationToken).ConfigureAwait(false) : null;
        var zones = nodes?.Select(node => node.Zone).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var findings = volumes.SelectMany(volume => Look(volume, users, zones)).Concat(Unknown(volumes));
        return ReadinessOutcome.Of(volumes.Count, "volume", [.. findings]);
    }

    private static IEnumerable<ReadinessFinding> Look(VolumeFact volume, ILookup<(string, string), PodFact> users, HashSet<string>? zones)
    {
        // What nobody has claimed holds nothing that would be missed at once.
        var weight = volume.Claim is null ? ReadinessSeverity.Advisory : ReadinessSeverity.Blocking;
        if (volume.Reach.Kind == VolumeReachKind.OneNodesDisk)
        {
            yield return volume.Finding($"its data is on a node of this cluster ({volume.Reach.Driver}){Of(volume)}, where green can't reach it", weight);
            yield break;
        }
        if (volume.Nodes is { } nodes)
            yield return volume.Finding($"only the node {NameList.Some(nodes)} of this cluster may use it{Of(volume)}", weight);
        if (volume.Zones is { } where && zones?.Overlaps(where) != true)
        {
            yield return volume.Finding(
                $"it can be used in {NameList.Some(where)} alone{Of(volume)}{(zones is null ? "" : $", and green has nodes in {(zones.Count == 0 ? "no zone that it tells" : NameList.Some([.. zones.Order(StringComparer.Ordinal)]))}")}",
                zones is null ? ReadinessSeverity.Advisory : weight,
                remedy: "Give green a node group in that zone, or make the volume anew from a snapshot.");
        }
        if (volume is { Reach.Kind: VolumeReachKind.OneNodeAtATime, Claim: { } claim } && users[claim].FirstOrDefault() is { } user)
        {
            yield return volume.Finding(
                $"one node at a time can have it, and the {user} uses it now", ReadinessSeverity.Advisory,
                remedy: "Hold what uses it here (Suspend-ClusterWorkload) before it is resumed on green.");
        }
        if (volume.IsDeletedWithClaim)
        {
            yield return volume.Finding(
                $"its storage goes when its claim is deleted{Of(volume)} (reclaim policy Delete), and with it green's", ReadinessSeverity.Advisory,
                remedy: $"kubectl patch pv {volume.Name} -p '{{\"spec\":{{\"persistentVolumeReclaimPolicy\":\"Retain\"}}}}'");
        }
    }

    // There may be many of one driver: they are told together.
    private static IEnumerable<ReadinessFinding> Unknown(IEnumerable<VolumeFact> volumes) => volumes.Where(volume => volume.Reach.Kind == VolumeReachKind.Unknown)
        .GroupBy(volume => volume.Reach.Driver, StringComparer.Ordinal)
        .Select(driver => new ReadinessFinding
        {
            Target = driver.Key.Length == 0 ? "volumes that do not say what they are" : $"driver {driver.Key}",
            Message = string.Create(CultureInfo.InvariantCulture, $"whether green can reach its volumes ({NameList.Some([.. driver.Select(volume => volume.Name)], 3)}) is not known here"),
            Severity = ReadinessSeverity.Advisory,
            Remedy = "Look in the driver's documentation whether another cluster can use them.",
        });

    private static string Of(VolumeFact volume) => volume.Claim is var (ns, name) ? $", for the claim {ns}/{name}" : "";
}
