using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Lets a plan come back from a job, another session, CliXml or JSON. What it says is checked as a plan's file is.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class PlanTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Rebuild(inputData) ?? inputData;

    /// <summary>The plan that a value is or was; null where it is none.</summary>
    internal static UpgradePlan? Rebuild(object? value) => ReturnedObject.Unwrap(value) switch
    {
        UpgradePlan plan => plan,
        var bag when ReturnedObject.Was<UpgradePlan>(
            bag, nameof(UpgradePlan.Name), nameof(UpgradePlan.System), nameof(UpgradePlan.Blue), nameof(UpgradePlan.Green), nameof(UpgradePlan.Steps)) => Plan(bag),
        _ => null,
    };

    /// <summary>A cluster of an upgrade; null where there is none.</summary>
    internal static UpgradeCluster? Cluster(object? bag) => ReturnedObject.Unwrap(bag) switch
    {
        UpgradeCluster cluster => cluster,
        PSObject lost when ReturnedObject.Text(lost, nameof(UpgradeCluster.Context)) is { } context && ReturnedObject.Text(lost, nameof(UpgradeCluster.ClusterUid)) is { } uid => new UpgradeCluster
        {
            Context = context,
            ClusterUid = uid,
            KubeConfigPath = ReturnedObject.Text(lost, nameof(UpgradeCluster.KubeConfigPath)),
            ServerVersion = ReturnedObject.Text(lost, nameof(UpgradeCluster.ServerVersion)),
        },
        _ => null,
    };

    private static UpgradePlan Plan(object? bag) => new()
    {
        Name = ReturnedObject.Text(bag, nameof(UpgradePlan.Name)) ?? "",
        System = ReturnedObject.Text(bag, nameof(UpgradePlan.System)) ?? "",
        Blue = Cluster(Value(bag, nameof(UpgradePlan.Blue))) ?? throw Lost(nameof(UpgradePlan.Blue)),
        Green = Value(bag, nameof(UpgradePlan.Green)) is { } green ? Cluster(green) ?? throw Lost(nameof(UpgradePlan.Green)) : null,
        TargetVersion = ReturnedObject.Text(bag, nameof(UpgradePlan.TargetVersion)),
        Selection = Selection(Value(bag, nameof(UpgradePlan.Selection))),
        Secret = Choice<SecretHandling>(bag, nameof(UpgradePlan.Secret)),
        Volume = Choice<VolumeHandling>(bag, nameof(UpgradePlan.Volume)),
        AllowOutward = ReturnedObject.Texts(bag, nameof(UpgradePlan.AllowOutward)),
        Steps = [.. Many(Value(bag, nameof(UpgradePlan.Steps))).Select(Step)],
        CreatedAt = DateTimeOffset.TryParse(ReturnedObject.Text(bag, nameof(UpgradePlan.CreatedAt)), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default,
    };

    private static UpgradeStep Step(object? given)
    {
        var bag = ReturnedObject.Unwrap(given);
        if (bag is UpgradeStep step)
            return step;
        return new UpgradeStep
        {
            Id = ReturnedObject.Text(bag, nameof(UpgradeStep.Id)) ?? throw Lost(nameof(UpgradePlan.Steps)),
            Kind = ReturnedObject.Text(bag, nameof(UpgradeStep.Kind)) ?? throw Lost(nameof(UpgradePlan.Steps)),
            Title = ReturnedObject.Text(bag, nameof(UpgradeStep.Title)) ?? "",
            Target = Choice<UpgradeSide>(bag, nameof(UpgradeStep.Target)),
            Changes = ReturnedObject.Text(bag, nameof(UpgradeStep.Changes)),
            Risk = Choice<UpgradeRisk>(bag, nameof(UpgradeStep.Risk)),
            Undo = ReturnedObject.Text(bag, nameof(UpgradeStep.Undo)),
            After = ReturnedObject.Texts(bag, nameof(UpgradeStep.After)),
            Gate = Choice<UpgradeGate>(bag, nameof(UpgradeStep.Gate)),
            Setting = Setting(ScriptValue.Member(bag, nameof(UpgradeStep.Setting))),
        };
    }

    private static ClusterConfigSelection Selection(object? bag) => bag as ClusterConfigSelection ?? new ClusterConfigSelection
    {
        Group = ReturnedObject.Texts(bag, nameof(ClusterConfigSelection.Group)),
        Kind = ReturnedObject.Texts(bag, nameof(ClusterConfigSelection.Kind)),
        Namespace = ReturnedObject.Texts(bag, nameof(ClusterConfigSelection.Namespace)),
        LabelSelector = ReturnedObject.Text(bag, nameof(ClusterConfigSelection.LabelSelector)),
    };

    private static Dictionary<string, string> Setting(object? table)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in table as IDictionary ?? new Hashtable())
            settings[entry.Key.ToString()!] = Convert.ToString(ReturnedObject.Unwrap(entry.Value), CultureInfo.InvariantCulture) ?? "";
        return settings;
    }

    private static T Choice<T>(object? bag, string property)
        where T : struct, Enum => Enum.TryParse<T>(ReturnedObject.Text(bag, property), out var choice) && Enum.IsDefined(choice) ? choice : default;

    private static object? Value(object? bag, string property) => (bag as PSObject)?.Properties[property]?.Value is { } value ? ReturnedObject.Unwrap(value) : null;

    private static IEnumerable<object?> Many(object? values) => values switch
    {
        PSObject { BaseObject: IEnumerable many } => many.Cast<object?>(),
        IEnumerable many and not string => many.Cast<object?>(),
        null => [],
        var one => [one],
    };

    private static ArgumentTransformationMetadataException Lost(string property) => new(
        $"The plan did not come back whole: {property} is missing or was written less deep than it is. ConvertTo-Json takes -Depth 6; Export-UpgradePlan loses nothing.");
}
