using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>
/// What the records of a host name are in each stage of a switch, made from what they were before and nothing else: the
/// same switch begun again makes the same records.
/// </summary>
/// <param name="before">The records before.</param>
/// <param name="from">The side that serves before.</param>
/// <param name="sideOf">Whose load balancer a record leads to.</param>
/// <param name="redirect">A record that leads to the other side, and is the same otherwise.</param>
/// <param name="isStaged">Whether there are weights; otherwise no answer is ever a choice between the two.</param>
/// <param name="ttl">How long resolvers may keep an answer while the switch is under way, in seconds.</param>
internal sealed class TrafficForms(
    IReadOnlyList<ResourceRecordSet> before, TrafficSide from, Func<ResourceRecordSet, TrafficSide> sideOf, Func<ResourceRecordSet, ResourceRecordSet> redirect, bool isStaged, long ttl)
{
    private const int Whole = 100;

    /// <summary>The longest time that resolvers keep what was before, where it is longer than while the switch is under way.</summary>
    public TimeSpan? TtlToWaitOut => before.Max(static record => record.Ttl) is { } longest && longest > ttl ? TimeSpan.FromSeconds(longest) : null;

    /// <summary>As before, with a short lifetime.</summary>
    public IReadOnlyList<ResourceRecordSet> Lowered() => [.. before.Select(record => isStaged && record.RoutingField is null ? Short(record).Weighted(Identifier(from), Whole) : Short(record))];

    /// <summary>So many of a hundred questions answered with the other side.</summary>
    public IReadOnlyList<ResourceRecordSet> Shifted(int percent) => [.. ByType().SelectMany(type => Shift(type, percent).Select(Short))];

    /// <summary>Done: in the form of before, and with its lifetime, all leads to the other side.</summary>
    public IReadOnlyList<ResourceRecordSet> Settled() => [.. ByType().SelectMany(type => IsPair(type) ? Shift(type, Whole) : isStaged && IsWeighted(type) ? Shift(type, Whole) : type.Select(Redirected))];

    /// <summary>The identifier of a weighted record that we make.</summary>
    public static string Identifier(TrafficSide side) => side == TrafficSide.Blue ? "konupgrade-blue" : "konupgrade-green";

    private IEnumerable<IGrouping<string, ResourceRecordSet>> ByType() => before.GroupBy(static record => record.Type);

    private IEnumerable<ResourceRecordSet> Shift(IGrouping<string, ResourceRecordSet> type, int percent)
    {
        if (!isStaged && !IsPair(type))
            return type.Select(record => percent > 0 ? Redirected(record) : record);
        var old = type.First(record => sideOf(record) == from);
        var made = type.FirstOrDefault(record => sideOf(record) != from);
        var kept = old.Weighted(old.SetIdentifier ?? Identifier(from), Whole - percent);
        // A health check of the old end says nothing of the new one.
        var added = (made ?? redirect(old).Unchecked()).Weighted(made?.SetIdentifier ?? Identifier(TrafficEnds.Other(from)), percent);
        return percent > 0 || made is not null ? [kept, added] : [kept];
    }

    private ResourceRecordSet Redirected(ResourceRecordSet record) => sideOf(record) == from ? redirect(record) : record;

    private ResourceRecordSet Short(ResourceRecordSet record) => record.Ttl > ttl ? record.Living(ttl) : record;

    private static bool IsWeighted(IEnumerable<ResourceRecordSet> type) => type.All(static record => record.RoutingField == "Weight");

    // Weighted already, with a record for each side: nothing but the weights need change.
    private bool IsPair(IEnumerable<ResourceRecordSet> type) => IsWeighted(type) && type.Any(record => sideOf(record) == from) && type.Any(record => sideOf(record) != from);
}
