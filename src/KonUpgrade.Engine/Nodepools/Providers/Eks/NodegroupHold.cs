using System.Globalization;
using KonUpgrade.Engine.Aws.Eks;

namespace KonUpgrade.Engine.Nodepools.Providers.Eks;

/// <summary>
/// Keeping a node group from growing back, and letting it, as one change of its configuration: nothing is asked or written
/// here. A label of the group, set by the same call, says what its most nodes were: no moment exists in which the number is
/// ours and nobody knows what it was. (A tag would be a second call, and a second permission.)
/// </summary>
internal static class NodegroupHold
{
    /// <summary>The label that says how many nodes a group could have before it was suspended.</summary>
    public const string Label = "konupgrade.dev/max-size";

    /// <summary>Whether the service changes a group at all: one that could not be made, or goes, it only deletes.</summary>
    public static bool IsChangeable(Nodegroup group) => group.Status is not (NodegroupStatus.CreateFailed or NodegroupStatus.Deleting or NodegroupStatus.DeleteFailed);

    /// <summary>How many nodes a group could have before it was suspended; null where it was not.</summary>
    public static int? MaxSizeBefore(Nodegroup group) =>
        group.Labels.TryGetValue(Label, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? size : null;

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
        var label = new Dictionary<string, string> { [Label] = before.ToString(CultureInfo.InvariantCulture) };
        return (new NodepoolConfiguration { MaxSize = held, Label = label }, new NodepoolGrowth(before, held));
    }

    /// <summary>The change that gives a group its most nodes back; null where they are not ours.</summary>
    public static (NodepoolConfiguration Change, NodepoolGrowth Growth)? Release(Nodegroup group)
    {
        if (!group.Labels.ContainsKey(Label))
            return null;
        var most = group.ScalingConfig?.MaxSize ?? 1;
        // Whoever made it larger meanwhile, or wrote over the label, meant it.
        var after = Math.Max(MaxSizeBefore(group) ?? most, most);
        return (new NodepoolConfiguration { MaxSize = after, RemoveLabel = [Label] }, new NodepoolGrowth(most, after));
    }
}
