using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>
/// Makes the plan of an upgrade of one cluster in its place, for systems whose description says what that is made of: where
/// a second cluster must not stand beside the first, as two masters of a Kubermatic would reconcile the same seeds.
/// </summary>
public static class InPlacePlanner
{
    /// <summary>Makes a plan. Nothing is changed on the cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="system">Its system.</param>
    /// <param name="targetVersion">The version that the system is to become, as <c>2.31</c> or <c>v2.31.2</c>.</param>
    /// <param name="able">The names of the systems that can be upgraded so, for what is told where this one can't.</param>
    /// <param name="options">What is chosen.</param>
    /// <param name="reporter">Told of what is left out, and of clusters that can't be reached.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">
    /// NotUpgradedInPlace, SelectionInPlace, TargetVersionInvalid, OtherRole, VersionNotTold, VersionUnreadable, VersionReached,
    /// DowngradeNotPlanned, MajorVersionNotPlanned, VersionsApart, IdentityUnknown, UnknownStep, TwoGates, StepSettingInvalid,
    /// StepSettingMissing, PlanBroken; InvalidSystem, with the place in the system's file; or the cluster can't be reached.
    /// </exception>
    public static async Task<UpgradePlan> PlanAsync(
        ClusterConnection cluster, SystemDefinition system, string targetVersion, IReadOnlyList<string> able, UpgradePlanOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(able);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(reporter);
        var name = cluster.Context.Name;
        if (system.Description.InPlace is not { } inPlace)
            throw new UpgradeException(NotInPlace(name, system.Description.Name, able));
        if (!options.Selection.IsEverything())
            throw new UpgradeException(Selected(system.Description.Name));
        // What the checks of the system could not read is refused now, and not at the first step.
        if (ReleaseVersion.Parse(targetVersion) is not { } target || !SystemChecks.Reads(system.Description, target.Release))
            throw new UpgradeException(Invalid(targetVersion));
        var known = await UpgradePlanner.ClusterAsync(cluster, cancellationToken).ConfigureAwait(false);
        await CheckRoleAsync(cluster, system, inPlace.Role, reporter, cancellationToken).ConfigureAwait(false);
        var told = await ToldVersions.ReadAsync(cluster, system.Description, cancellationToken).ConfigureAwait(false);
        var hops = VersionHop.Between(name, told, target);
        reporter.Information($"{name} is at {told.Lowest} ({told}); the way to {target}: {string.Join(", ", hops.Select(hop => hop.To.ToString()))}.");
        var steps = InPlaceSteps.Of(system.Description, hops, name, options, reporter);
        if (options.Secret == SecretHandling.Skip && steps.Exists(step => step.Kind == StepKind.ExportConfig))
            reporter.Warning($"{LeftOut(system.Description, name)} Make the plan with -Secret Encrypt, and run it with -Certificate, to take them along encrypted.");
        var plan = new UpgradePlan
        {
            Name = options.Name ?? UpgradePlanner.NameOf(name, target.ToString()),
            System = system.Description.Name,
            Blue = known,
            TargetVersion = target.Release,
            Secret = options.Secret,
            CreatedAt = options.Time.GetUtcNow(),
            Steps = [],
        };
        if (!StepText.IsName(plan.Name))
            throw new UpgradeException(UpgradePlanner.NoName(plan.Name));
        var gated = steps.Select(step => UpgradePlanner.Gated(step, InPlaceSteps.IsNamed(step, options.Gate, hops), InPlaceSteps.IsNamed(step, options.ScriptGate, hops))).ToList();
        return PlanCheck.Of(gated, UpgradeWay.InPlace) is { } problem
            ? throw new UpgradeException(SystemSteps.Broken(problem, options))
            : plan with { Steps = PlanCheck.Ordered(gated) };
    }

    /// <summary>The steps that a plan of a system can have for each version on the way, without the version in their ids; none where it is not upgraded in place.</summary>
    /// <exception cref="UpgradeException">InvalidSystem, with the place in the system's file.</exception>
    public static IReadOnlyList<UpgradeStep> StepsOf(SystemDescription system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.InPlace is null ? [] : SystemSteps.InPlace(system);
    }

    /// <summary>
    /// The steps of an upgrade in place that are still to export below its work path. Their exports are what is restored from:
    /// unlike those of an upgrade between two clusters, they can't be made again once the version has changed.
    /// </summary>
    public static IReadOnlyList<UpgradeStep> ExportsInWorkPath(UpgradePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Way != UpgradeWay.InPlace ? [] :
        [
            .. plan.Steps.Where(step => step.Kind == StepKind.ExportConfig && step.State != UpgradeStepState.Completed && !Path.IsPathFullyQualified(step.Setting.GetValueOrDefault("path") ?? "")),
        ];
    }

    // Which of several clusters is meant, only the family knows; a seed tells versions as well, and only of itself.
    private static async Task CheckRoleAsync(ClusterConnection cluster, SystemDefinition system, string? role, IReporter reporter, CancellationToken cancellationToken)
    {
        if (system.Family is not { } family || role is null)
            return;
        var members = await family.FindAsync(cluster, system.Description, ConnectionOptions.OfHeldKubeConfig(TimeProvider.System), reporter, cancellationToken).ConfigureAwait(false);
        try
        {
            if (members[0].Role != role)
                throw new UpgradeException(OtherRole(cluster.Context.Name, system.Description.Name, members[0].Role, role));
            foreach (var failure in members.Select(member => member.Failure).OfType<Failure>())
                reporter.Warning($"{failure.Message} The plan has an export of it: that step would fail.");
        }
        finally
        {
            await FamilyMember.CloseAsync(members).ConfigureAwait(false);
        }
    }

    // What the export of a system leaves out with the Secrets, by kind; of some kinds only what holds credentials.
    private static string LeftOut(SystemDescription system, string cluster)
    {
        var wholly = KindsOf(system.Export.Sensitive.Where(rule => rule.Fields.Count == 0)).Prepend("Secret");
        var some = KindsOf(system.Export.Sensitive.Where(rule => rule.Fields.Count > 0));
        return $"The exports that the plan of {cluster} begins with leave out what holds credentials: every {string.Join(" and ", wholly)}"
            + $"{(some.Length == 0 ? "" : $", and each {string.Join(", ", some[..^1])}{(some.Length > 1 ? " or " : "")}{some[^1]} that holds some")}. A {system.Name} can't be built again from these exports alone.";

        // Some rules are of every system: named is what this one exports.
        string[] KindsOf(IEnumerable<SensitiveObjectsRule> rules) =>
        [
            .. rules.SelectMany(rule => rule.Kinds)
                .Where(kind => system.Export.Kinds.Count == 0 || system.Export.Kinds.Any(exported => KindPattern.Covers(exported, kind)))
                .Select(kind => kind.Split('.')[0]).Distinct(),
        ];
    }

    private static Failure NotInPlace(string cluster, string system, IReadOnlyList<string> able) => new()
    {
        Id = "NotUpgradedInPlace",
        Kind = FailureKind.NotSupported,
        Message = $"{cluster} is taken as {system}, of which no upgrade in place is known. Systems that are upgraded in place: {(able.Count == 0 ? "none" : string.Join(", ", able))}.",
        Recommendation = "Plan the way to a second cluster with -Blue and -Green; nodes alone are brought to a version in place by Update-Nodepool or Move-Nodepool.",
        Target = cluster,
    };

    private static Failure Selected(string system) => new()
    {
        Id = "SelectionInPlace",
        Kind = FailureKind.InvalidArgument,
        Message = $"An upgrade of {system} in place exports all of it first: a part is no backup.",
        Recommendation = "Leave -Group, -Kind, -Namespace and -LabelSelector away.",
    };

    private static Failure Invalid(string version) => new()
    {
        Id = "TargetVersionInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{version}' is no version of a system.",
        Recommendation = "Write it as 2.31, for any patch of it, as v2.31.2, or with the edition as releases are called: ee-v2.31.2.",
        Target = version,
    };

    private static Failure OtherRole(string cluster, string system, string role, string wanted) => new()
    {
        Id = "OtherRole",
        Kind = FailureKind.InvalidArgument,
        Message = $"{cluster} is a {role} of a {system}, and the upgrade of all of it begins at the {wanted}.",
        Recommendation = $"Name the context of the {wanted}.",
        Target = cluster,
    };
}
