using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Eks.Nodegroups;
using KonUpgrade.Sandbox.Eks.Rules;
using KonUpgrade.Sandbox.Eks.Service;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Eks.Operations;

/// <summary>UpdateNodegroupConfig: sizes, labels, taints and how versions are updated, on the group and on the nodes that it has.</summary>
internal static class UpdateNodegroupConfig
{
    public static JsonObject Run(EksRegion region, EksRequest request)
    {
        Nodegroup group = EksOperations.Nodegroup(region, request);
        if (group.Cluster.Tokens.Repeat(request) is { } before) return before;
        var parameters = new Parameters(request.Body);
        Parameters? labels = parameters.Structure("labels"), taints = parameters.Structure("taints"), sizes = parameters.Structure("scalingConfig"), updating = parameters.Structure("updateConfig");
        JsonObject? repair = parameters.Object("nodeRepairConfig");
        if (parameters.Has("warmPoolConfig")) throw EksError.NotModelled("warm pools");
        if (labels is null && taints is null && sizes is null && updating is null && repair is null) throw request.InvalidParameter("You cannot specify an empty request");
        var update = new EksUpdate("ConfigUpdate", group.Cluster.Now);
        // All is checked before anything changes.
        (int min, int max, int desired) = SizeRules.ReadChange(request, sizes, group);
        UpdateConfig? pace = SizeRules.ReadUpdate(request, updating, max);
        if (pace is null && group.UpdateConfig.MaxUnavailable > max) throw request.InvalidParameter(SizeRules.WrongUnavailable);
        (SortedDictionary<string, string> put, IReadOnlyList<string> removed) = ReadLabels(request, labels);
        (List<NodeTaint> added, List<NodeTaint> taken) = ReadTaints(request, taints);
        EksOperations.CheckIdle(group, request, update.Type);
        if (sizes is not null)
        {
            if (sizes.Has("minSize")) update.Params.Add(("MinSize", Text(min)));
            if (sizes.Has("maxSize")) update.Params.Add(("MaxSize", Text(max)));
            if (sizes.Has("desiredSize")) update.Params.Add(("DesiredSize", Text(desired)));
            (group.MinSize, group.MaxSize, group.DesiredSize) = (min, max, desired);
        }
        if (put.Count > 0) update.Params.Add(("LabelsToAdd", Json.Compact(Wire.Map(put))));
        if (removed.Count > 0) update.Params.Add(("LabelsToRemove", Json.Compact(Wire.List(removed))));
        if (added.Count > 0) update.Params.Add(("TaintsToAdd", Write(added)));
        if (taken.Count > 0) update.Params.Add(("TaintsToRemove", Write(taken)));
        if (pace is not null)
        {
            if (pace.MaxUnavailable is { } number) update.Params.Add(("MaxUnavailable", Text(number)));
            if (pace.MaxUnavailablePercentage is { } percentage) update.Params.Add(("MaxUnavailablePercentage", Text(percentage)));
            if (pace.Strategy is { } strategy) update.Params.Add(("UpdateStrategy", strategy));
            group.UpdateConfig = pace with { Strategy = pace.Strategy ?? group.UpdateConfig.Strategy };
        }
        if (repair is not null)
        {
            update.Params.Add(("NodeRepairConfig", Json.Compact(repair)));
            group.NodeRepairConfig = (JsonObject)repair.DeepClone();
        }
        foreach (string key in removed) group.Labels.Remove(key);
        foreach ((string key, string value) in put) group.Labels[key] = value;
        foreach (NodeTaint taint in taken) group.Taints.RemoveAll(other => other.Key == taint.Key && other.Effect == taint.Effect);
        foreach (NodeTaint taint in added)
        {
            group.Taints.RemoveAll(other => other.Key == taint.Key && other.Effect == taint.Effect);
            group.Taints.Add(taint);
        }
        if (put.Count + removed.Count + added.Count + taken.Count > 0) group.NodeChanges.Add(new NodeChange(put, removed, added, taken));
        group.Status = NodegroupStatus.Updating;
        group.ModifiedAt = group.Cluster.Now;
        group.ConfiguredAt = group.Cluster.Now + region.Settings.ConfigureAfter;
        group.Updates.Add(update);
        group.Cluster.Wake(group);
        group.Cluster.Tokens.Keep(request, group, () => Updates.Answer(update));
        return Updates.Answer(update);
    }

    private static (SortedDictionary<string, string> Put, IReadOnlyList<string> Removed) ReadLabels(EksRequest request, Parameters? labels)
    {
        var put = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (labels is null) return (put, []);
        put = labels.Map("addOrUpdateLabels") ?? put;
        IReadOnlyList<string> removed = labels.Texts("removeLabels") ?? [];
        if (put.Count == 0 && removed.Count == 0) throw request.InvalidParameter("Both or either addOrUpdateLabels or removeLabels must not be empty");
        NameRules.CheckLabels(request, put);
        return removed.FirstOrDefault(put.ContainsKey) is { } both ? throw request.InvalidParameter($"The label {both} cannot be added and removed in one request") : (put, removed);
    }

    private static (List<NodeTaint> Added, List<NodeTaint> Taken) ReadTaints(EksRequest request, Parameters? taints)
    {
        if (taints is null) return ([], []);
        List<NodeTaint> added = TaintRules.Read(request, taints.Structures("addOrUpdateTaints"));
        List<NodeTaint> taken = TaintRules.Read(request, taints.Structures("removeTaints"));
        return added.Count == 0 && taken.Count == 0 ? throw request.InvalidParameter("Both or either addOrUpdateTaints or removeTaints must not be empty") : (added, taken);
    }

    private static string Write(IEnumerable<NodeTaint> taints) => Json.Compact(new JsonArray([.. taints.Select(taint => (JsonNode?)Nodegroup.Taint(taint))]));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
