using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Eks;

/// <summary>
/// What the control endpoint can do at the sandbox's EKS, below <c>/sandbox/eks</c>: <c>GET</c> tells where it is;
/// <c>GET, POST, DELETE /troubles[/ID]</c> (<see cref="EksTrouble"/>); <c>GET /clusters/NAME/nodegroups/NAME</c> lists
/// machines, <c>PUT …/desired?size=N</c> sets the size as an autoscaler does; <c>DELETE /instances/ID</c> terminates one;
/// <c>PUT /clusters/NAME/insights</c> says what the service has found (a list of <see cref="EksInsight"/>),
/// <c>PUT /clusters/NAME/addons</c> which add-ons it has (a list of <see cref="EksAddon"/>).
/// </summary>
internal static class EksControl
{
    public static async Task<Answer> ServeAsync(SandboxEks eks, HttpRequest request, string[] path, Func<Task<EksTrouble>> readTrouble, Func<Task<EksInsight[]>> readInsights, Func<Task<EksAddon[]>> readAddons)
    {
        switch (request.Method, path)
        {
            case ("GET", []):
                return new Answer(200, Describe(eks));
            case ("GET", ["troubles"]):
                return new Answer(200, new JsonObject { ["troubles"] = new JsonArray([.. eks.Troubles().Select(entry => (JsonNode?)Describe(entry.Id, entry.Trouble, entry.Struck))]) });
            case ("POST", ["troubles"]):
                return new Answer(201, new JsonObject { ["id"] = eks.AddTrouble(await readTrouble()) });
            case ("DELETE", ["troubles"]):
                eks.ClearTroubles();
                return new Answer(200, new JsonObject());
            case ("DELETE", ["troubles", var id]):
                return eks.RemoveTrouble(id) ? new Answer(200, new JsonObject()) : throw ApiError.NotFound(string.Empty, "troubles", id);
            case ("DELETE", ["instances", var id]):
                return eks.TerminateInstance(id) ? new Answer(200, new JsonObject()) : throw ApiError.NotFound(string.Empty, "instances", id);
            case ("PUT", ["clusters", var cluster, "insights"]):
                eks.SetInsights(cluster, await readInsights());
                return new Answer(200, new JsonObject());
            case ("PUT", ["clusters", var cluster, "addons"]):
                eks.SetAddons(cluster, await readAddons());
                return new Answer(200, new JsonObject());
            case ("GET", ["clusters", var cluster, "nodegroups", var nodegroup]):
                return new Answer(200, new JsonObject { ["instances"] = new JsonArray([.. eks.Instances(cluster, nodegroup).Select(instance => (JsonNode?)Describe(instance))]) });
            case ("PUT", ["clusters", var cluster, "nodegroups", var nodegroup, "desired"]):
                long size = QueryOptions.Number(request.Query, "size") ?? throw ApiError.BadRequest("the desired size is missing: ?size=N");
                eks.SetDesiredSize(cluster, nodegroup, (int)Math.Clamp(size, 0, int.MaxValue));
                return new Answer(200, new JsonObject());
            default:
                return Answer.NoSuchPath;
        }
    }

    /// <summary>Where the service is, and how one signs in.</summary>
    public static JsonObject Describe(SandboxEks eks)
    {
        EksSettings settings = eks.Settings;
        return new JsonObject
        {
            ["endpoint"] = eks.Uri.ToString().TrimEnd('/'),
            ["region"] = settings.Region,
            ["accountId"] = settings.AccountId,
            ["accessKeyId"] = settings.AccessKeyId,
            ["secretAccessKey"] = settings.SecretAccessKey,
            ["credentials"] = eks.CredentialsPath,
        };
    }

    private static JsonObject Describe(string id, EksTrouble trouble, int struck) => new()
    {
        ["id"] = id,
        ["code"] = trouble.Code,
        ["cluster"] = trouble.Cluster,
        ["nodegroup"] = trouble.Nodegroup,
        ["message"] = trouble.Message,
        ["count"] = trouble.Count,
        ["struck"] = struck,
    };

    private static JsonObject Describe(EksInstance instance) => new()
    {
        ["id"] = instance.Id,
        ["nodeName"] = instance.NodeName,
        ["zone"] = instance.Zone,
        ["release"] = instance.Release,
        ["isLeaving"] = instance.IsLeaving,
    };
}
