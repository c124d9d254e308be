using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Readiness.Upgrading;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>An upgrade that is thought of, as the command line says it.</summary>
/// <param name="Blue">The cluster that is upgraded, or left behind.</param>
/// <param name="Green">The cluster that takes over, or null.</param>
/// <param name="TargetVersion">The version that is wanted, or null for green's, or the next one.</param>
/// <param name="Way">How the cluster comes there.</param>
/// <param name="SystemVersion">The version that the cluster's system is to become, or null.</param>
/// <param name="Snapshots">How snapshots are to be made.</param>
internal sealed record ReadinessUpgrade(ClusterRequest Blue, ClusterRequest? Green, string? TargetVersion, UpgradeWay Way, string? SystemVersion, SnapshotIntent Snapshots);

/// <summary>Checks before an upgrade whether anything stands in its way.</summary>
internal static class UpgradeReadinessOperation
{
    /// <summary>Gives a check as it comes out, or at the end whether the cluster is ready.</summary>
    public static async IAsyncEnumerable<object> RunAsync(ReadinessUpgrade upgrade, ReadinessRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var checks = CheckAsync(upgrade, request, host, cancellationToken);
        await foreach (var told in ReadinessTelling.TellAsync(checks, request.Quiet, NotReady, host, cancellationToken).ConfigureAwait(false))
            yield return told;
    }

    private static async IAsyncEnumerable<ReadinessCheck> CheckAsync(
        ReadinessUpgrade upgrade, ReadinessRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (upgrade is { Green: not null, TargetVersion: { } twice })
            throw new UpgradeException(Ambiguous(twice));
        var named = upgrade.TargetVersion is { } text ? TargetVersion.Parse(text) : null;
        var chosen = await request.System.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        var selection = new CheckSelection(request.Include, request.Exclude);
        var all = SystemChecks.Upgrade(chosen.Catalog.Descriptions);
        // A word that no check has is wrong whatever the cluster is.
        _ = selection.Of(all, []);
        var blue = await upgrade.Blue.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (blue.ConfigureAwait(false))
        {
            var green = upgrade.Green is null ? null : await upgrade.Green.OpenAsync(host, cancellationToken).ConfigureAwait(false);
            ClusterSurvey? ofGreen = null;
            try
            {
                var ofBlue = await ClusterSurvey.BeginAsync(blue, [], cancellationToken).ConfigureAwait(false);
                await using var closing = ofBlue.ConfigureAwait(false);
                var system = chosen.OnlyOneOn(ofBlue.Name, ofBlue.Catalog, host);
                var selected = selection.Of([.. UpgradeChecks.All, .. system is null ? [] : SystemChecks.UpgradeOf(system.Description)], all.Select(check => check.Rule.Id));
                if (green is not null)
                {
                    await blue.RefuseSameClusterAsync(green, cancellationToken).ConfigureAwait(false);
                    ofGreen = await ClusterSurvey.BeginAsync(green, [], cancellationToken).ConfigureAwait(false);
                }

                var subject = new UpgradeSurvey
                {
                    Blue = ofBlue,
                    Green = ofGreen,
                    Target = ofGreen?.Version ?? named ?? ofBlue.Version.NextMinor,
                    Way = upgrade.Way,
                    System = (system ?? chosen.Catalog.Whole).Description,
                    SystemVersion = upgrade.SystemVersion,
                    Snapshots = upgrade.Snapshots,
                    Reporter = host,
                };
                await foreach (var check in ReadinessRunner.RunAsync(selected, subject, host, cancellationToken, request.ThrottleLimit).ConfigureAwait(false))
                    yield return check;
            }
            finally
            {
                if (ofGreen is not null)
                    await ofGreen.DisposeAsync().ConfigureAwait(false);
                if (green is not null)
                    await green.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static Failure Ambiguous(string version) => new()
    {
        Id = "TargetAmbiguous",
        Kind = FailureKind.InvalidArgument,
        Message = "-Green and -TargetVersion together say twice which version is wanted.",
        Recommendation = "Leave -TargetVersion away: green's own version counts.",
        Target = version,
    };

    private static Failure NotReady(IReadOnlyList<ReadinessCheck> blocking) => ReadinessTelling.Verdict("NotReady", "is not ready for the upgrade", blocking);
}
