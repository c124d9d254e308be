using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Velero;

/// <summary>
/// What the control endpoint can do at the Velero servers, below <c>/sandbox/velero</c>: <c>GET</c> tells where they are;
/// <c>PUT /clusters/NAME</c> installs one (<see cref="VeleroInstallation"/>), <c>POST /clusters/NAME/restart</c> ends it and
/// starts it anew; <c>PUT /speed?is=N</c> sets their clock's speed, <c>POST /advance?by=30m</c> moves it, <c>POST /settle</c>
/// waits until nothing is left to do; <c>GET /buckets/NAME</c> lists files; <c>GET, POST, DELETE /troubles[/ID]</c>
/// (<see cref="VeleroTrouble"/>).
/// </summary>
internal static class VeleroControl
{
    public static async Task<Answer> ServeAsync(SandboxVelero velero, HttpRequest request, string[] path, Func<Task<VeleroTrouble>> readTrouble, Func<string, Task> install)
    {
        switch (request.Method, path)
        {
            case ("GET", []):
                return new Answer(200, Describe(velero));
            case ("PUT", ["clusters", var cluster]):
                await install(cluster);
                return new Answer(201, Describe(velero));
            case ("POST", ["clusters", var cluster, "restart"]):
                velero.Restart(cluster);
                return new Answer(200, Describe(velero));
            case ("PUT", ["speed"]):
                if (!double.TryParse(request.Query["is"].ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double speed) || speed > 1_000_000)
                    throw ApiError.BadRequest("the speed is missing: ?is=60");
                velero.Settings = velero.Settings with { Speed = speed };
                return new Answer(200, Describe(velero));
            case ("POST", ["advance"]):
                if (Durations.Read(request.Query["by"].ToString()) is not { } by || by < TimeSpan.Zero) throw ApiError.BadRequest("how far the clock is to move is missing: ?by=30m");
                await velero.AdvanceAsync(by, request.HttpContext.RequestAborted);
                return new Answer(200, Describe(velero));
            case ("POST", ["settle"]):
                await velero.SettleAsync(request.HttpContext.RequestAborted);
                return new Answer(200, Describe(velero));
            case ("GET", ["buckets", var bucket]):
                return new Answer(200, new JsonObject { ["files"] = new JsonArray([.. velero.Files(bucket).Select(file => (JsonNode?)file)]) });
            case ("GET", ["troubles"]):
                return new Answer(200, new JsonObject { ["troubles"] = new JsonArray([.. velero.Troubles().Select(entry => (JsonNode?)Describe(entry.Id, entry.Trouble, entry.Struck))]) });
            case ("POST", ["troubles"]):
                return new Answer(201, new JsonObject { ["id"] = velero.AddTrouble(await readTrouble()) });
            case ("DELETE", ["troubles"]):
                velero.ClearTroubles();
                return new Answer(200, new JsonObject());
            case ("DELETE", ["troubles", var id]):
                return velero.RemoveTrouble(id) ? new Answer(200, new JsonObject()) : throw ApiError.NotFound(string.Empty, "troubles", id);
            default:
                return Answer.NoSuchPath;
        }
    }

    /// <summary>Which clusters have one, and where the object storage is.</summary>
    public static JsonObject Describe(SandboxVelero velero) => new()
    {
        ["now"] = velero.Now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["speed"] = velero.Settings.Speed,
        ["storage"] = velero.Installations.Count == 0 ? null : velero.StorageUri.ToString().TrimEnd('/'),
        ["clusters"] = new JsonArray([.. velero.Installations.Select(entry => (JsonNode?)new JsonObject
        {
            ["name"] = entry.Key,
            ["namespace"] = entry.Value.Namespace,
            ["version"] = entry.Value.Version,
            ["bucket"] = entry.Value.Bucket,
            ["prefix"] = entry.Value.Prefix,
        })]),
    };

    private static JsonObject Describe(string id, VeleroTrouble trouble, int struck) => new()
    {
        ["id"] = id,
        ["outcome"] = trouble.Outcome,
        ["restore"] = trouble.Restore,
        ["cluster"] = trouble.Cluster,
        ["name"] = trouble.Name,
        ["items"] = new JsonArray([.. trouble.Items.Select(item => (JsonNode?)item)]),
        ["message"] = trouble.Message,
        ["delay"] = trouble.Delay is { } delay ? Durations.Write(delay) : null,
        ["count"] = trouble.Count,
        ["struck"] = struck,
    };
}
