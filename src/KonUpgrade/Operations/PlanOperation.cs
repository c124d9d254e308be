using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>What of a plan somebody chooses. In place there is no green cluster, and a version that the system is to become.</summary>
internal sealed record PlanRequest(
    ClusterRequest Blue,
    ClusterRequest? Green,
    string? TargetVersion,
    SystemRequest System,
    string? Name,
    ClusterConfigSelection Selection,
    SecretHandling Secret,
    VolumeHandling Volume,
    IReadOnlyList<string> AllowOutward,
    IReadOnlyList<string> Gate,
    IReadOnlyList<string> ScriptGate,
    IReadOnlyList<string> Omit,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Setting);

/// <summary>Makes plans, and reads and writes them.</summary>
internal static class PlanOperation
{
    /// <summary>Gives the plan of an upgrade between two clusters, or of one in its place.</summary>
    public static async IAsyncEnumerable<UpgradePlan> MakeAsync(PlanRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var managed in new[] { request.Blue.Managed, request.Green?.Managed }.OfType<ManagedCluster>())
            throw new UpgradeException(ManagedInPlan(managed));
        var chosen = await request.System.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        var blue = await request.Blue.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (blue.ConfigureAwait(false))
        {
            var system = await chosen.ForAsync(blue, request.Selection, host, cancellationToken).ConfigureAwait(false);
            var options = new UpgradePlanOptions
            {
                Name = request.Name,
                Selection = request.Selection,
                Secret = request.Secret,
                Volume = request.Volume,
                AllowOutward = request.AllowOutward,
                Gate = request.Gate,
                ScriptGate = request.ScriptGate,
                Omit = request.Omit,
                Setting = request.Setting,
                Aws = new AwsOptions(),
            };
            if (request.Green is null)
            {
                var able = chosen.Catalog.Descriptions.Where(description => description.InPlace is not null).Select(description => description.Name).ToList();
                yield return await InPlacePlanner.PlanAsync(blue, system, request.TargetVersion!, able, options, host, cancellationToken).ConfigureAwait(false);
                yield break;
            }

            var green = await request.Green.OpenAsync(host, cancellationToken).ConfigureAwait(false);
            await using (green.ConfigureAwait(false))
            {
                await chosen.TellUncoveredAsync(blue, system, request.Selection, host, cancellationToken).ConfigureAwait(false);
                yield return await UpgradePlanner.PlanAsync(blue, green, system, options, host, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reads a plan's file.</summary>
    public static async IAsyncEnumerable<UpgradePlan> LoadAsync(string path, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await PlanFile.LoadAsync(path, host, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a plan to a file.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="path">The file's full path.</param>
    /// <param name="replaces">Whether a file that is there is replaced.</param>
    /// <param name="gives">Whether the plan is given.</param>
    /// <param name="host">Asked before it is written.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async IAsyncEnumerable<UpgradePlan> SaveAsync(
        UpgradePlan plan, string path, bool replaces, bool gives, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        plan = PlanFile.Check(plan);
        JournalFile.Spare(path);
        if (!replaces && (File.Exists(path) || Directory.Exists(path)))
            throw new UpgradeException(Exists(path));
        if (await host.ShouldProcessAsync(path, $"Write the plan {plan.Name}", cancellationToken).ConfigureAwait(false))
            await PlanFile.SaveAsync(plan, path, cancellationToken).ConfigureAwait(false);
        if (gives)
            yield return plan;
    }

    private static Failure ManagedInPlan(ManagedCluster cluster) => new()
    {
        Id = "ManagedClusterInPlan",
        Kind = FailureKind.NotSupported,
        Message = $"A plan keeps the contexts of a kubeconfig, and '{cluster.Name}' came from Get-ManagedCluster.",
        Recommendation = "Write a kubeconfig for it with 'aws eks update-kubeconfig', which works without the aws program then, and name the context.",
        Target = cluster.Name,
    };

    private static Failure Exists(string path) => new()
    {
        Id = "PlanFileExists",
        Kind = FailureKind.AlreadyExists,
        Message = $"There is a file {path} already.",
        Recommendation = "Name another one, or replace it with -Force.",
        Target = path,
    };
}
