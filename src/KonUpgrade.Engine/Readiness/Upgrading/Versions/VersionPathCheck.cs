using System.Globalization;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Versions;

/// <summary>
/// There is a way from the version that is there to the one that is wanted. API servers are upgraded in place one minor
/// version at a time (version skew policy); a green cluster may be any number newer, since objects come to it through the
/// API and not through the store.
/// </summary>
internal sealed class VersionPathCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "VersionPath",
        Title = "There is a way to the version that is wanted, in one go",
        Category = ReadinessCategory.Version,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Go the hops one after the other, or beside a green cluster, which may be any number of versions newer.",
        Documentation = "https://kubernetes.io/releases/version-skew-policy/#kube-apiserver",
        IsClusterWide = false,
    };

    public Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var (from, to) = (subject.Blue.Version, subject.Target);
        var hops = Hops(from, to, subject.Way);
        return Task.FromResult(new ReadinessOutcome
        {
            Examined = $"{Text(from)} to {Text(to)}, {(subject.Way == UpgradeWay.InPlace ? "in place" : "beside a green cluster")}",
            Hops = hops,
            Findings = Problem(from, to, hops) is { } problem
                ? [new ReadinessFinding { Target = subject.Name, Message = problem, Severity = to.Minor == from.Minor ? ReadinessSeverity.Advisory : ReadinessSeverity.Blocking, Remedy = to.Minor < from.Minor ? "Name the newer cluster, or version, as the target." : null }]
                : [],
        });
    }

    /// <summary>The hops from one version to another; none where that is no way forward.</summary>
    internal static IReadOnlyList<UpgradeHop> Hops(ServerVersion from, ServerVersion to, UpgradeWay way) =>
        to.Major != from.Major || to.Minor <= from.Minor ? []
        : way == UpgradeWay.BlueGreen ? [new UpgradeHop(Text(from), Text(to), way)]
        : [.. Enumerable.Range(from.Minor, to.Minor - from.Minor).Select(minor => new UpgradeHop(Text(from.Major, minor), Text(from.Major, minor + 1), way))];

    /// <summary>A version by what counts of it: <c>1.33</c>.</summary>
    internal static string Text(ServerVersion version) => Text(version.Major, version.Minor);

    private static string? Problem(ServerVersion from, ServerVersion to, IReadOnlyList<UpgradeHop> hops)
    {
        if (to.Major != from.Major || to.Minor < from.Minor)
            return $"{Text(to)} is older than {Text(from)}, which it has: Kubernetes does not go back";
        if (to.Minor == from.Minor)
            return $"it has {Text(from)} already";
        return hops.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"in place it takes {hops.Count} upgrades, one minor version each: {string.Join(", ", hops.Select(hop => hop.To))}") : null;
    }

    private static string Text(int major, int minor) => string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}");
}
