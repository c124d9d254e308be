using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>The kinds of steps that take care of what workloads run on.</summary>
internal static class NodeStepKinds
{
    /// <summary>They.</summary>
    public static IReadOnlyList<StepKind> All { get; } =
    [
        new()
        {
            Name = StepKind.MakeNodepools,
            Sides = [UpgradeSide.Green],
            Changes = "Makes node pools like blue's, as New-Nodepool -Like does, and waits until their nodes are ready.",
            Undo = "They stay; with -RemoveImported those that it made are removed.",
            Risk = UpgradeRisk.Low,
            Fields =
            [
                new("pools", StepFieldType.Texts) { Required = true }, new("minSize", StepFieldType.Number), new("maxSize", StepFieldType.Number), new("desiredSize", StepFieldType.Number),
                new("instanceType", StepFieldType.Texts), new("amiType", StepFieldType.Text), new("capacityType", StepFieldType.Text), new("diskSize", StepFieldType.Number),
                new("nodeRole", StepFieldType.Text), new("subnet", StepFieldType.Texts), new("sourceSecurityGroup", StepFieldType.Texts), new("ec2SshKey", StepFieldType.Text),
                new("launchTemplateId", StepFieldType.Text), new("launchTemplateName", StepFieldType.Text), new("launchTemplateVersion", StepFieldType.Text),
                StepFields.Region, StepFields.Within("45m"), new("interval", StepFieldType.Duration, "15s"),
            ],
        },
    ];
}
