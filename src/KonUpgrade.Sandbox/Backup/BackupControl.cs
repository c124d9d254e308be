using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Backup;

/// <summary>
/// What the control endpoint can do at the sandbox's AWS Backup, below <c>/sandbox/backup</c>: <c>GET</c> tells what there
/// is to protect; <c>PUT /speed?is=N</c> sets its clock's speed, <c>POST /advance?by=30m</c> moves it; <c>POST
/// /resources</c> (<see cref="BackupResource"/>); <c>PUT /vaults/NAME/lock[?min=DAYS][&amp;max=DAYS]</c> and <c>DELETE</c>; <c>PUT
/// /opt-in/TYPE?is=false</c>; <c>GET, POST, DELETE /troubles[/ID]</c> (<see cref="BackupTrouble"/>).
/// </summary>
internal static class BackupControl
{
    public static async Task<Answer> ServeAsync(SandboxBackup backup, HttpRequest request, string[] path, Func<Task<BackupTrouble>> readTrouble, Func<Task<BackupResource>> readResource)
    {
        switch (request.Method, path)
        {
            case ("GET", []):
                return new Answer(200, Describe(backup));
            case ("PUT", ["speed"]):
                if (!double.TryParse(request.Query["is"].ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double speed) || speed > 1_000_000)
                    throw ApiError.BadRequest("the speed is missing: ?is=60");
                backup.Settings = backup.Settings with { Speed = speed };
                return new Answer(200, Describe(backup));
            case ("POST", ["advance"]):
                if (Durations.Read(request.Query["by"].ToString()) is not { } by || by < TimeSpan.Zero) throw ApiError.BadRequest("how far the clock is to move is missing: ?by=30m");
                backup.Advance(by);
                return new Answer(200, Describe(backup));
            case ("POST", ["resources"]):
                backup.Add(await readResource());
                return new Answer(201, new JsonObject());
            case ("PUT", ["vaults", var name, "lock"]):
                return backup.Lock(name, QueryOptions.Number(request.Query, "min"), QueryOptions.Number(request.Query, "max")) ? new Answer(200, new JsonObject()) : throw ApiError.NotFound(string.Empty, "vaults", name);
            case ("DELETE", ["vaults", var name, "lock"]):
                return backup.Unlock(name) ? new Answer(200, new JsonObject()) : throw ApiError.NotFound(string.Empty, "vaults", name);
            case ("PUT", ["opt-in", var type]):
                if (!bool.TryParse(request.Query["is"].ToString(), out bool isOn)) throw ApiError.BadRequest("whether it is on is missing: ?is=false");
                return backup.OptIn(type, isOn) ? new Answer(200, new JsonObject()) : throw ApiError.NotFound(string.Empty, "types", type);
            case ("GET", ["troubles"]):
                return new Answer(200, new JsonObject { ["troubles"] = new JsonArray([.. backup.Troubles().Select(entry => (JsonNode?)Describe(entry.Id, entry.Trouble, entry.Struck))]) });
            case ("POST", ["troubles"]):
                return new Answer(201, new JsonObject { ["id"] = backup.AddTrouble(await readTrouble()) });
            case ("DELETE", ["troubles"]):
                backup.ClearTroubles();
                return new Answer(200, new JsonObject());
            case ("DELETE", ["troubles", var id]):
                return backup.RemoveTrouble(id) ? new Answer(200, new JsonObject()) : throw ApiError.NotFound(string.Empty, "troubles", id);
            default:
                return Answer.NoSuchPath;
        }
    }

    /// <summary>What there is to protect, and as whom.</summary>
    public static JsonObject Describe(SandboxBackup backup) => new()
    {
        ["now"] = backup.Now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["speed"] = backup.Settings.Speed,
        ["role"] = backup.RoleArn,
        ["resources"] = new JsonArray([.. backup.Resources.Select(resource => (JsonNode?)new JsonObject
        {
            ["arn"] = resource.Arn,
            ["type"] = resource.Type,
            ["bytes"] = resource.Bytes,
            ["parts"] = resource.Parts.Count == 0 ? null : new JsonArray([.. resource.Parts.Select(part => (JsonNode?)part)]),
        })]),
    };

    private static JsonObject Describe(string id, BackupTrouble trouble, int struck) => new()
    {
        ["id"] = id,
        ["outcome"] = trouble.Outcome,
        ["restore"] = trouble.Restore,
        ["resourceArn"] = trouble.ResourceArn,
        ["message"] = trouble.Message,
        ["count"] = trouble.Count,
        ["struck"] = struck,
    };
}
