using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets an upgrade come back from a job or another session. Only its journal and which upgrade it is count: how far it is,
/// the journal tells.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class UpgradeTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ReturnedObject.Unwrap(inputData) switch
    {
        BlueGreenUpgrade upgrade => upgrade,
        var bag when ReturnedObject.Was<BlueGreenUpgrade>(
            bag, nameof(BlueGreenUpgrade.Name), nameof(BlueGreenUpgrade.State), nameof(BlueGreenUpgrade.JournalPath), nameof(BlueGreenUpgrade.JournalCluster))
            && Cluster(bag, nameof(BlueGreenUpgrade.Blue)) is { } blue && Green(bag, out var green) => new BlueGreenUpgrade
            {
                Name = ReturnedObject.Text(bag, nameof(BlueGreenUpgrade.Name)) ?? "",
                State = Enum.TryParse<BlueGreenUpgradeState>(ReturnedObject.Text(bag, nameof(BlueGreenUpgrade.State)), out var state) ? state : default,
                System = ReturnedObject.Text(bag, nameof(BlueGreenUpgrade.System)) ?? "",
                Blue = blue,
                Green = green,
                JournalPath = ReturnedObject.Text(bag, nameof(BlueGreenUpgrade.JournalPath)),
                JournalCluster = ReturnedObject.Text(bag, nameof(BlueGreenUpgrade.JournalCluster)),
            },
        _ => inputData,
    };

    // One that came back less deep than it was is not one that was never there.
    private static bool Green(object? bag, out UpgradeCluster? green)
    {
        green = Cluster(bag, nameof(BlueGreenUpgrade.Green));
        return green is not null || (bag as PSObject)?.Properties[nameof(BlueGreenUpgrade.Green)] is { Value: null };
    }

    private static UpgradeCluster? Cluster(object? bag, string property) => PlanTransformationAttribute.Cluster((bag as PSObject)?.Properties[property]?.Value);
}
