using System.Globalization;

namespace KonUpgrade.Operations;

/// <summary>How a pool is made, in a sentence that people confirm.</summary>
internal static class ShapeWords
{
    /// <summary>The sentence.</summary>
    public static string Of(NodepoolShape shape)
    {
        List<string> words = [Sizes(shape)];
        if (shape.InstanceType is { Count: > 0 } types)
            words.Add($"of {string.Join(" or ", types)}");
        if (shape.CapacityType is { } capacity)
            words.Add(capacity);
        if (shape.HasTemplate)
            words.Add($"launch template {shape.LaunchTemplateName ?? shape.LaunchTemplateId}{(shape.LaunchTemplateVersion is { } template ? $" version {template}" : "")}");
        words.Add($"image {shape.AmiType ?? (shape.HasTemplate ? "of the template, or as the service chooses" : "as the service chooses")}{(shape.ReleaseVersion is { } release ? $" {release}" : "")}");
        if (shape.Version is { } version)
            words.Add($"version {version}");
        if (shape.DiskSize is { } disk)
            words.Add(Text($"disks of {disk} GiB"));
        words.Add($"role {shape.NodeRole}");
        words.Add($"subnets {string.Join(" ", shape.Subnet ?? [])}");
        if (shape.Label is { Count: > 0 } labels)
            words.Add($"labels {string.Join(" ", labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))}");
        if (shape.Taint is { Count: > 0 } taints)
            words.Add($"taints {string.Join(" ", taints)}");
        return string.Join(", ", words);
    }

    private static string Sizes(NodepoolShape shape) => (shape.MinSize, shape.MaxSize, shape.DesiredSize) switch
    {
        (null, null, null) => "as many nodes as the service chooses",
        (var min, var max, null) => Text($"{Or(min)} to {Or(max)} nodes"),
        (var min, var max, { } now) => Text($"{Or(min)} to {Or(max)} nodes, {now} now"),
    };

    private static string Or(int? size) => size?.ToString(CultureInfo.InvariantCulture) ?? "?";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
