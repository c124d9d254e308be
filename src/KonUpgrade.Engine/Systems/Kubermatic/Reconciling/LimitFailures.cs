using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>What can keep a limit from being changed.</summary>
internal static class LimitFailures
{
    public static Failure Several(string cluster, IEnumerable<string> names) => new()
    {
        Id = "SeveralConfigurations",
        Kind = FailureKind.InvalidArgument,
        Message = $"{cluster} has several KubermaticConfigurations: {string.Join(", ", names)}.",
        Recommendation = "Name the namespace of the one that is meant (-Namespace), or give an object of Get-ReconcileLimit.",
        Target = cluster,
    };

    public static Failure Gone(ReconcileLimit limit) => new()
    {
        Id = "ConfigurationNotFound",
        Kind = FailureKind.NotFound,
        Message = $"The KubermaticConfiguration {limit} of {limit.Context} is gone, or another one of its name was made since.",
        Recommendation = "Look at it again with Get-ReconcileLimit.",
        Target = limit.ToString(),
    };

    public static Failure AtLeastOne(int limit) => new()
    {
        Id = "LimitInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = string.Create(CultureInfo.InvariantCulture, $"{limit} is no limit: the smallest is 1, and {(limit == 0 ? "0 means the default, 10, to Kubermatic" : "what Kubermatic does with less is not documented")}."),
        Recommendation = "Give 1 or more. Clusters are kept from being reconciled at all by spec.pause, a seed by the annotation kubermatic.k8c.io/skip-reconciling.",
    };

    public static Failure Applied(ReconcileLimit limit, IReadOnlyList<string> managers) => new()
    {
        Id = "FieldManagerConflict",
        Kind = FailureKind.Conflict,
        Message = $"The limit of {limit} on {limit.Context} is applied by {NameList.Some(managers)}, which will write it again.",
        Recommendation = "Change it where they have it from, or pause them and take the field with -ForceConflict.",
        Target = limit.ToString(),
    };

    public static Failure HeldBeside(ReconcileLimit limit, IReadOnlyList<string> fields) => new()
    {
        Id = "HeldOtherwise",
        Kind = FailureKind.Refused,
        Message = $"The KubermaticConfiguration {limit} of {limit.Context} is held by other fields as well: {NameList.Some(fields)}. To put the limit back would release them too.",
        Recommendation = "Release it with what held it (Resume-ClusterWorkload, with the system that names these fields): the limit comes back with them.",
        Target = limit.ToString(),
    };

    public static Failure LoadRemains(ReconcileLimit limit)
    {
        var seeds = limit.Seeds.Where(seed => seed.Failure is null && seed.RemainingLoad > 0)
            .Select(seed => string.Create(CultureInfo.InvariantCulture, $"{seed.Seed}: {seed.InProgress} in progress, {seed.Waiting} waiting")).ToList();
        var unread = limit.Seeds.Where(seed => seed.Failure is not null).Select(seed => seed.Seed).ToList();
        return new Failure
        {
            Id = "LoadRemains",
            Kind = FailureKind.Refused,
            Message = $"The limit of {limit} on {limit.Context} is not put back while clusters are left to be reconciled"
                + (seeds.Count > 0 ? $" ({NameList.Some(seeds)})" : "")
                + (unread.Count > 0 ? $"; what is left on {NameList.Some(unread)} can't be told" : "") + ".",
            Recommendation = "Wait until IsSettled of Get-ReconcileLimit is true, then put it back; or put it back now with -Force.",
            Target = limit.ToString(),
        };
    }

    public static Failure NotRolledOut(ReconcileLimit limit, TimeSpan waited)
    {
        var seeds = limit.Seeds.Where(seed => seed is { Failure: null, IsLeftAlone: false } && (seed.IsRolledOut != true || seed.ControllerLimit != limit.Limit))
            .Select(seed => seed.IsRolledOut is null ? $"{seed.Seed} (that can't be told)"
                : seed.ControllerLimit is { } has && has != limit.Limit ? string.Create(CultureInfo.InvariantCulture, $"{seed.Seed} (its Deployment still has {has})")
                : seed.ControllerLimit is null ? $"{seed.Seed} (its Deployment names no limit, or is not there)" : $"{seed.Seed} (its Pods are not all new)").ToList();
        return new Failure
        {
            Id = "RolloutNotFinished",
            Kind = FailureKind.Timeout,
            Message = string.Create(CultureInfo.InvariantCulture, $"The limit {limit.Limit} is set on {limit.Context}, and after {waited} the controllers of these seeds do not run with it: {NameList.Some(seeds)}."),
            Recommendation = $"Look at the operator on {limit.Context} and at the Deployment {SeedController.Name} of the seeds. Run the same command again to wait on; give more time with -Timeout.",
            Target = limit.ToString(),
        };
    }
}
