using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>The kinds of steps that take care of what is no configuration: stores outside the clusters, who may reach them, and volumes.</summary>
internal static class StateStepKinds
{
    /// <summary>They.</summary>
    public static IReadOnlyList<StepKind> All { get; } =
    [
        new()
        {
            Name = StepKind.TakeSnapshot,
            Sides = [UpgradeSide.Blue],
            Changes = "No store: AWS Backup makes a recovery point of each, which is looked for at the end.",
            Undo = "The recovery points stay: they are what can be come back to.",
            Risk = UpgradeRisk.None,
            Fields =
            [
                new("vault", StepFieldType.Text) { Required = true }, new("role", StepFieldType.Text) { Required = true },
                new("createVault", StepFieldType.Flag, "false"), new("name", StepFieldType.Text), StepFields.Region,
                new("volumes", StepFieldType.Flag, "true"), new("resources", StepFieldType.Texts), new("databases", StepFieldType.Texts), new("buckets", StepFieldType.Texts),
                new("deleteAfterDays", StepFieldType.Number), new("skipRoleCheck", StepFieldType.Flag, "false"), StepFields.Within("12h"), new("interval", StepFieldType.Duration, "15s"),
            ],
        },
        new()
        {
            Name = StepKind.GrantRoleTrust,
            Sides = [UpgradeSide.Green],
            Changes = "Lets the IAM roles that ServiceAccounts name trust those of the cluster, too.",
            Undo = "What it added to the trust policies is taken out again.",
            Risk = UpgradeRisk.Low,
            Fields = [StepFields.Region, new("namespaces", StepFieldType.Texts)],
        },
        new()
        {
            Name = StepKind.BackUpWithVelero,
            Sides = [UpgradeSide.Blue],
            Changes = "Nothing that runs: Velero makes a backup.",
            Undo = "The backup stays until it expires.",
            Risk = UpgradeRisk.None,
            Fields =
            [
                StepFields.VeleroNamespace, new("storageLocation", StepFieldType.Text), new("namespaces", StepFieldType.Texts), new("kinds", StepFieldType.Texts),
                new("volumes", StepFieldType.Choice, nameof(VeleroVolumes.Default)) { Choices = Enum.GetNames<VeleroVolumes>() },
                new("ttl", StepFieldType.Duration), StepFields.Within("6h"),
            ],
        },
        new()
        {
            Name = StepKind.RestoreWithVelero,
            Sides = [UpgradeSide.Green],
            Changes = "Velero brings what the backup has and the cluster has not.",
            Undo = "What Velero brought stays: nobody else knows what hangs on its volumes.",
            Risk = UpgradeRisk.Medium,
            Fields =
            [
                new("backup", StepFieldType.Step) { Required = true, Kinds = [StepKind.BackUpWithVelero] },
                StepFields.VeleroNamespace, new("kinds", StepFieldType.Texts), new("namespaces", StepFieldType.Texts),
                new("existing", StepFieldType.Choice, nameof(VeleroExisting.None)) { Choices = Enum.GetNames<VeleroExisting>() },
                new("allowPartial", StepFieldType.Flag, "false"), new("syncTimeout", StepFieldType.Duration, "10m"), StepFields.Within("6h"),
            ],
        },
    ];
}
