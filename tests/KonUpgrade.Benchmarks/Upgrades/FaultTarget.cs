using KonUpgrade.Benchmarks.Upgrades.Scenes;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>Requests that something goes wrong with.</summary>
/// <param name="Name">How they are called.</param>
internal sealed record FaultTarget(string Name)
{
    /// <summary>The services of AWS that upgrades ask.</summary>
    private static readonly IReadOnlyList<string> s_services = ["eks", "backup", "tagging", "rds", "s3", "iam", "route53", "elasticloadbalancing"];

    /// <summary>What they change there.</summary>
    private static readonly IReadOnlyList<string> s_changes = ["CreateNodegroup", "CreateBackupVault", "StartBackupJob", "UpdateAssumeRolePolicy", "ChangeResourceRecordSets"];

    private static readonly IReadOnlyList<string> s_verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];

    /// <summary>Their verb, or their operation at AWS.</summary>
    public string? Verb { get; init; }

    /// <summary>The cluster that they are sent to; null for any.</summary>
    public string? Cluster { get; init; }

    /// <summary>The service of AWS that they are sent to; null for a cluster, or for the one that knows the operation.</summary>
    public string? Service { get; init; }

    /// <summary>Whether it is AWS that they are sent to.</summary>
    public bool IsAws { get; init; }

    /// <summary>All targets in the upgrade of a system.</summary>
    public static IEnumerable<FaultTarget> Of(string system) => system == SmallScene.Name
        ? s_verbs.Select(verb => new FaultTarget(verb) { Verb = verb })
        :
        [
            .. from cluster in new[] { "blue", "green" } from verb in s_verbs select new FaultTarget($"{verb} of {cluster}") { Verb = verb, Cluster = cluster },
            .. s_services.Select(service => new FaultTarget(service) { Service = $"{service}.amazonaws.com", IsAws = true }),
            .. s_changes.Select(change => new FaultTarget(change) { Verb = change, IsAws = true }),
        ];

    /// <summary>A fault of these requests.</summary>
    public SandboxFault Aim(SandboxFault fault) => fault with { Verb = Verb, Cluster = Cluster, Group = Service };
}
