using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas.Conversions;

/// <summary>Event: the group events.k8s.io has other names for the fields of the core group's.</summary>
internal sealed class EventShapes : IVersionShapes
{
    private static readonly (string Core, string Events)[] Names =
    [
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
        ("reportingComponent", "reportingController"),
    ];

    public void ToCommon(JsonObject obj, string group, string version)
    {
        if (group.Length == 0)
            return;
        foreach (var (core, events) in Names)
            obj.Rename(events, core);
    }

    public void FromCommon(JsonObject obj, string group, string version)
    {
        if (group.Length == 0)
            return;
        foreach (var (core, events) in Names)
            obj.Rename(core, events);
    }
}
