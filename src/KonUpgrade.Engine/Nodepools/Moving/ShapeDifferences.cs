using System.Globalization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Moving;

/// <summary>In what a pool is made otherwise than was asked for.</summary>
internal static class ShapeDifferences
{
    private static readonly (string Name, Func<NodepoolShape, object?> Value)[] s_values =
    [
        (nameof(NodepoolShape.MinSize), shape => shape.MinSize),
        (nameof(NodepoolShape.MaxSize), shape => shape.MaxSize),
        (nameof(NodepoolShape.DesiredSize), shape => shape.DesiredSize),
        (nameof(NodepoolShape.InstanceType), shape => shape.InstanceType),
        (nameof(NodepoolShape.AmiType), shape => shape.AmiType),
        (nameof(NodepoolShape.CapacityType), shape => shape.CapacityType),
        (nameof(NodepoolShape.DiskSize), shape => shape.DiskSize),
        (nameof(NodepoolShape.NodeRole), shape => shape.NodeRole),
        (nameof(NodepoolShape.Subnet), shape => shape.Subnet?.Order(StringComparer.Ordinal)),
        (nameof(NodepoolShape.Version), shape => shape.Version),
        (nameof(NodepoolShape.ReleaseVersion), shape => shape.ReleaseVersion),
        (nameof(NodepoolShape.Taint), shape => shape.Taint?.Select(taint => taint.ToString()).Order(StringComparer.Ordinal)),
        (nameof(NodepoolShape.LaunchTemplateId), shape => shape.LaunchTemplateId),
        (nameof(NodepoolShape.LaunchTemplateName), shape => shape.LaunchTemplateName),
        (nameof(NodepoolShape.LaunchTemplateVersion), shape => shape.LaunchTemplateVersion),
        (nameof(NodepoolShape.Ec2SshKey), shape => shape.Ec2SshKey),
        (nameof(NodepoolShape.SourceSecurityGroup), shape => shape.SourceSecurityGroup?.Order(StringComparer.Ordinal)),
        (nameof(NodepoolShape.MaxUnavailable), shape => shape.MaxUnavailable),
        (nameof(NodepoolShape.MaxUnavailablePercentage), shape => shape.MaxUnavailablePercentage),
        (nameof(NodepoolShape.UpdateStrategy), shape => shape.UpdateStrategy),
        (nameof(NodepoolShape.NodeRepair), shape => shape.NodeRepair),
    ];

    /// <summary>Each as a sentence; what was not asked for is no difference.</summary>
    public static IReadOnlyList<string> Of(NodepoolShape asked, NodepoolShape made) =>
    [
        .. s_values.Select(value => Difference(value.Name, Text(value.Value(asked)), Text(value.Value(made)))).OfType<string>(),
        .. Of(nameof(NodepoolShape.Label), asked.Label, made.Label),
        .. Of(nameof(NodepoolShape.Tag), asked.Tag, made.Tag),
    ];

    // A service adds labels and tags of its own: only those that were asked for are looked at.
    private static IEnumerable<string> Of(string name, IReadOnlyDictionary<string, string>? asked, IReadOnlyDictionary<string, string>? made) =>
        (asked ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => Difference($"{name} {pair.Key}", pair.Value, made?.GetValueOrDefault(pair.Key))).OfType<string>();

    private static string? Difference(string name, string? asked, string? made) =>
        asked is null || asked == made ? null : $"{name} is {(string.IsNullOrEmpty(made) ? "not said" : made)}, and {(asked.Length == 0 ? "none" : asked)} was asked for";

    private static string? Text(object? value) => value switch
    {
        IEnumerable<string> list => string.Join(", ", list),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString(),
    };
}
