using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Dns;

/// <summary>
/// What the control endpoint can do at the sandbox's Route 53, below <c>/sandbox/dns</c>: <c>GET</c> tells its zones and
/// their records; <c>POST /zones</c> (<see cref="DnsZone"/>); <c>POST /zones/ID/records</c> lays record sets into a zone (a
/// list of texts, each one ResourceRecordSet as XML); <c>PUT /speed?is=N</c> sets its clock's speed, <c>POST
/// /advance?by=30s</c> moves it.
/// </summary>
internal static class DnsControl
{
    public static async Task<Answer> ServeAsync(SandboxDns dns, HttpRequest request, string[] path, Func<Task<DnsZone>> readZone, Func<Task<string[]>> readRecords)
    {
        switch (request.Method, path)
        {
            case ("GET", []):
                return new Answer(200, Describe(dns, withRecords: true));
            case ("POST", ["zones"]):
                return new Answer(201, new JsonObject { ["id"] = dns.Add(await readZone()) });
            case ("POST", ["zones", var id, "records"]):
                dns.Put(id, await readRecords());
                return new Answer(200, new JsonObject());
            case ("PUT", ["speed"]):
                if (!double.TryParse(request.Query["is"].ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double speed) || speed > 1_000_000)
                    throw ApiError.BadRequest("the speed is missing: ?is=60");
                dns.Settings = dns.Settings with { Speed = speed };
                return new Answer(200, Describe(dns, withRecords: false));
            case ("POST", ["advance"]):
                if (Durations.Read(request.Query["by"].ToString()) is not { } by || by < TimeSpan.Zero) throw ApiError.BadRequest("how far the clock is to move is missing: ?by=30s");
                dns.Advance(by);
                return new Answer(200, Describe(dns, withRecords: false));
            default:
                return Answer.NoSuchPath;
        }
    }

    /// <summary>The zones, and their records where they are asked for.</summary>
    public static JsonObject Describe(SandboxDns dns, bool withRecords) => new()
    {
        ["now"] = dns.Now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["speed"] = dns.Settings.Speed,
        ["zones"] = new JsonArray([.. dns.Zones.Select(zone => (JsonNode?)new JsonObject
        {
            ["id"] = zone.Id,
            ["name"] = zone.Name,
            ["isPrivate"] = zone.IsPrivate,
            ["records"] = withRecords ? new JsonArray([.. dns.Records(zone.Id!).Select(record => (JsonNode?)record)]) : null,
        })]),
    };
}
