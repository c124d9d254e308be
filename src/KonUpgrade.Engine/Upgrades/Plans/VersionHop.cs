using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>A part of the way to a version of a system that is gone at once: to the next minor version, or to a patch of the same.</summary>
/// <param name="From">The version before, for people.</param>
/// <param name="To">The version after; of those in between any patch.</param>
internal sealed record VersionHop(string From, ReleaseVersion To)
{
    /// <summary>The version as part of a step's id: <c>2-31</c>.</summary>
    public string Id { get; } = new([.. To.ToString().ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')]);

    /// <summary>The id of a step of it.</summary>
    /// <param name="id">The id in the system's description.</param>
    public string IdOf(string id) => $"{id}-{Id}";

    /// <summary>The way from the versions that the objects of a cluster tell to another one, beginning at the first of them.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="told">The versions.</param>
    /// <param name="target">The version that it is to have.</param>
    /// <exception cref="UpgradeException">VersionUnreadable, VersionReached, DowngradeNotPlanned, MajorVersionNotPlanned, VersionsApart.</exception>
    public static IReadOnlyList<VersionHop> Between(string cluster, ToldVersions told, ReleaseVersion target)
    {
        var lowest = told.Lowest ?? throw new UpgradeException(Unreadable(cluster, told));
        if (told.All.FirstOrDefault(one => target.IsPassedBy(one.Version!)) is { } newer && newer.Version!.Major == target.Major)
            throw new UpgradeException(Downgrade($"{newer.Object} of {cluster}", newer.Version!, target));
        var hops = Between(cluster, lowest, target);
        // What is ahead would be brought back by the installer of the version in between, which lets that through.
        if (hops.SelectMany(hop => told.All, (hop, one) => (hop, one)).FirstOrDefault(pair => pair.hop.To.IsPassedBy(pair.one.Version!)) is { hop: { } back, one: { } ahead })
            throw new UpgradeException(Apart(cluster, told.All.First(one => one.Version == lowest), ahead, back.To));
        return hops;
    }

    /// <summary>The way from a version to another, one minor version at a time.</summary>
    /// <param name="cluster">The cluster that has the version.</param>
    /// <param name="live">The version that it has.</param>
    /// <param name="target">The version that it is to have.</param>
    /// <exception cref="UpgradeException">VersionReached, DowngradeNotPlanned, MajorVersionNotPlanned.</exception>
    public static IReadOnlyList<VersionHop> Between(string cluster, ReleaseVersion live, ReleaseVersion target)
    {
        if (target.IsMetBy(live))
            throw new UpgradeException(Reached(cluster, live, target));
        if (live.Major != target.Major)
            throw new UpgradeException(OtherMajor(cluster, live, target));
        if (!live.IsBefore(target))
            throw new UpgradeException(Downgrade(cluster, live, target));
        var hops = new List<VersionHop>();
        for (var minor = Math.Min(live.Minor + 1, target.Minor); minor <= target.Minor; minor++)
            hops.Add(new VersionHop(hops.Count == 0 ? live.ToString() : hops[^1].To.ToString(), minor == target.Minor ? target : target with { Minor = minor, Patch = null, Suffix = "" }));
        return hops;
    }

    private static Failure Reached(string cluster, ReleaseVersion live, ReleaseVersion target) => new()
    {
        Id = "VersionReached",
        Kind = FailureKind.InvalidArgument,
        Message = $"{cluster} is at {live} already, which is {target}: there is nothing to be planned.",
        Recommendation = "Name a later version; a patch of the same minor version is named with its third number, such as 2.31.2.",
        Target = cluster,
    };

    private static Failure Downgrade(string cluster, ReleaseVersion live, ReleaseVersion target) => new()
    {
        Id = "DowngradeNotPlanned",
        Kind = FailureKind.NotSupported,
        Message = $"{cluster} is at {live}, and {target} is older: a way back to an older version is not described upstream, and not planned here.",
        Recommendation = "Name a later version.",
        Target = cluster,
    };

    private static Failure Unreadable(string cluster, ToldVersions told) => new()
    {
        Id = "VersionUnreadable",
        Kind = FailureKind.InvalidData,
        Message = $"Which version {cluster} has is not known, since not all tell it: {told}.",
        Recommendation = "Wait until the operator has written the versions, or look why it does not.",
        Target = cluster,
    };

    private static Failure Apart(string cluster, ToldVersion behind, ToldVersion ahead, ReleaseVersion between) => new()
    {
        Id = "VersionsApart",
        Kind = FailureKind.Refused,
        Message = $"{behind.Object} is at {behind.Version} and {ahead.Object} at {ahead.Version}: {between}, which lies between them, would take {ahead.Object} back.",
        Recommendation = behind.LeftAloneBy is { } annotation
            ? $"{behind.Object} is left alone: remove its annotation {annotation}, and wait until it has the version of the others. Then make the plan."
            : $"Wait until {behind.Object} has the version of the others, or look why it does not get it. Then make the plan.",
        Target = cluster,
    };

    private static Failure OtherMajor(string cluster, ReleaseVersion live, ReleaseVersion target) => new()
    {
        Id = "MajorVersionNotPlanned",
        Kind = FailureKind.NotSupported,
        Message = $"{cluster} is at {live}: which minor versions lie on the way to {target} is not known.",
        Recommendation = "Name a version with the same first number.",
        Target = cluster,
    };
}
