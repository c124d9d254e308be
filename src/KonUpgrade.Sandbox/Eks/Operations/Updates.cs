using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Eks.Nodegroups;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Operations;

/// <summary>ListUpdates and DescribeUpdate. Those of a node group are found by its name alone; of a cluster itself there are none.</summary>
internal static class Updates
{
    public static JsonObject List(EksRegion region, EksRequest request)
        => Pages.Of(request, "updateIds", [.. All(region, request).Select(update => update.Id).Order(StringComparer.Ordinal)]);

    public static JsonObject Describe(EksRegion region, EksRequest request)
    {
        EksUpdate update = All(region, request).FirstOrDefault(update => update.Id == request.UpdateId)
            ?? throw new EksError(404, "ResourceNotFoundException", $"No update found for ID: {request.UpdateId}")
            {
                Cluster = request.Cluster,
                Nodegroup = request.Nodegroup.Length == 0 ? null : request.Nodegroup,
            };
        return Answer(update);
    }

    public static JsonObject Answer(EksUpdate update) => new() { ["update"] = update.ToJson() };

    private static List<EksUpdate> All(EksRegion region, EksRequest request)
    {
        EksOperations.Cluster(region, request);
        return request.Nodegroup.Length > 0 ? EksOperations.Nodegroup(region, request).Updates : [];
    }
}
