using System.Globalization;
using KonUpgrade.Engine.Aws.Eks;

namespace KonUpgrade.Engine.Nodepools.Providers.Eks;

/// <summary>
/// Keeping a node group from growing back, and letting it, as one change of its configuration: nothing is asked or written
/// here. Labels of the group, set by the same call, say what its numbers were: no moment exists in which they are ours and
/// nobody knows what they were. (A tag would be a second call, and a second permission.)
/// </summary>
internal static class NodegroupHold
{
    /// <summary>The label that says how many nodes a group could have before it was suspended.</summary>
    public const string MaxSizeLabel = "konupgrade.dev/max-size";

    /// <summary>The label that says how many of a group's nodes could be away at once before it was suspended: no more than it has.</summary>
    public const string MaxUnavailableLabel = "konupgrade.dev/max-unavailable";

    /// <summary>Whether the service changes a group at all: one that could not be made, or goes, it only deletes.</summary>
    public static bool IsChangeable(Nodegroup group) => group.Status is not (NodegroupStatus.CreateFailed or NodegroupStatus.Deleting or NodegroupStatus.DeleteFailed);

    /// <summary>Whether a label is one of ours.</summary>
    public static bool IsOurs(string label) => label is MaxSizeLabel or MaxUnavailableLabel;

    /// <summary>How many nodes a group could have before it was suspended; null where it was not.</summary>
    public static int? MaxSizeBefore(Nodegroup group) => Number(group, MaxSizeLabel);

    /// <summary>How many of a group's nodes could be away at once before it was suspended; null where that was not changed.</summary>
    public static int? MaxUnavailableBefore(Nodegroup group) => Number(group, MaxUnavailableLabel);

    /// <summary>The change after which a group has no more nodes than it is to have now; null where it is so.</summary>
    public static (NodepoolConfiguration Change, NodepoolGrowth Growth)? Hold(Nodegroup group)
    {
        if (group.ScalingConfig is not { MaxSize: { } most, DesiredSize: { } now })
            return null;
        // The service takes no maximum below one.
        var held = Math.Max(1, now);
        if (most <= held)
            return null;
        var before = MaxSizeBefore(group) ?? most;
        var labels = new Dictionary<string, string> { [MaxSizeLabel] = Text(before) };
        // Nor more nodes away at once than there can be.
        var away = group.UpdateConfig?.MaxUnavailable > held ? group.UpdateConfig.MaxUnavailable : null;
        if (away is not null)
            labels[MaxUnavailableLabel] = Text(MaxUnavailableBefore(group) ?? away.Value);
        return (new NodepoolConfiguration { MaxSize = held, MaxUnavailable = away is null ? null : held, Label = labels }, new NodepoolGrowth(before, held));
    }

    /// <summary>The change that gives a group back what it could have; null where that is not ours.</summary>
    public static (NodepoolConfiguration Change, NodepoolGrowth Growth)? Release(Nodegroup group)
    {
        if (!group.Labels.Keys.Any(IsOurs))
            return null;
        var most = group.ScalingConfig?.MaxSize ?? 1;
        // Whoever made it larger meanwhile, or wrote over the label, meant it.
        var after = Math.Max(MaxSizeBefore(group) ?? most, most);
        return (
            new NodepoolConfiguration { MaxSize = after, MaxUnavailable = MaxUnavailableBefore(group), RemoveLabel = [.. group.Labels.Keys.Where(IsOurs)] },
            new NodepoolGrowth(most, after));
    }

    private static int? Number(Nodegroup group, string label) =>
        group.Labels.TryGetValue(label, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
