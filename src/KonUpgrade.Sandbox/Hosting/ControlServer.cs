using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Api.BackEnds;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Dns;
using KonUpgrade.Sandbox.Eks;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Iam;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Velero;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Hosting;

/// <summary>
/// The control endpoint: what a test outside the process can do to the sandbox. <c>GET /sandbox</c>; <c>GET, POST,
/// DELETE /sandbox/faults[/ID]</c>; <c>POST /sandbox/clusters/NAME/objects</c> (JSON lines), <c>/samples?count=N</c>,
/// <c>/denied</c> (DELETE gives all back), <c>/back-ends</c> (<see cref="BackEnd"/>; DELETE takes them away), <c>/compact</c>;
/// <c>POST /sandbox/stop</c>. Every request carries the host's token: <c>Authorization: Bearer …</c>.
/// The data plane of a cluster is <c>/sandbox/clusters/NAME/data-plane</c>: GET tells how it is, with every budget that was
/// broken; PUT starts or changes it (<see cref="DataPlaneSettings"/>); <c>POST …/advance?by=30s</c> moves its clock,
/// <c>POST …/settle</c> waits until nothing is left to do; <c>POST …/nodes</c> (<see cref="NodeShape"/>), <c>DELETE
/// …/nodes/NODE</c>; <c>DELETE …/violations</c> counts anew. EKS is <c>/sandbox/eks</c> (<see cref="EksControl"/>), AWS
/// Backup <c>/sandbox/backup</c> (<see cref="BackupControl"/>), IAM <c>/sandbox/iam</c> (<see cref="IamControl"/>), Route 53
/// <c>/sandbox/dns</c> (<see cref="DnsControl"/>), Velero <c>/sandbox/velero</c> (<see cref="VeleroControl"/>).
/// </summary>
internal sealed class ControlServer(SandboxHost host)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new TimeConverter() },
    };

    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            if (!IsAllowed(context.Request)) throw ApiError.Unauthorized();
            Answer answer = await ServeAsync(context);
            await answer.SendAsync(context);
        }
        catch (ApiError error)
        {
            await Answer.Of(error).SendAsync(context);
        }
        catch (Exception bad) when (bad is JsonException or SandboxException or BadHttpRequestException)
        {
            await Answer.Of(ApiError.BadRequest(bad.Message)).SendAsync(context);
        }
    }

    private async Task<Answer> ServeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string[] parts = (request.Path.Value ?? string.Empty).Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (request.Method, parts)
        {
            case ("GET", ["sandbox"]):
                return new Answer(200, Describe());
            case ("POST", ["sandbox", "stop"]):
                context.Response.OnCompleted(() =>
                {
                    host.AskToStop();
                    return Task.CompletedTask;
                });
                return new Answer(202, new JsonObject { ["stopping"] = true });
            case ("GET", ["sandbox", "faults"]):
                return new Answer(200, new JsonObject { ["faults"] = new JsonArray([.. host.Faults.List().Select(entry => (JsonNode?)Describe(entry.Id, entry.Fault, entry.Struck, host.Faults.Met(entry.Id) ?? 0))]) });
            case ("POST", ["sandbox", "faults"]):
                SandboxFault fault = await ReadAsync<SandboxFault>(request);
                return new Answer(201, new JsonObject { ["id"] = host.Faults.Add(fault) });
            case ("DELETE", ["sandbox", "faults"]):
                host.Faults.Clear();
                return new Answer(200, new JsonObject());
            case ("DELETE", ["sandbox", "faults", var id]):
                return host.Faults.Remove(id) ? new Answer(200, new JsonObject()) : throw ApiError.NotFound(string.Empty, "faults", id);
            case ("POST", ["sandbox", "clusters", var name, "objects"]):
                return new Answer(200, new JsonObject { ["seeded"] = await SeedAsync(Find(name), request) });
            case ("POST", ["sandbox", "clusters", var name, "samples"]):
                long count = QueryOptions.Number(request.Query, "count") ?? throw ApiError.BadRequest("the number of samples is missing: ?count=N");
                string @namespace = request.Query["namespace"].ToString();
                return new Answer(200, new JsonObject { ["seeded"] = Find(name).SeedSamples((int)count, @namespace.Length == 0 ? "default" : @namespace) });
            case ("POST", ["sandbox", "clusters", var name, "denied"]):
                Find(name).Deny(await ReadAsync<DeniedAccess>(request));
                return new Answer(201, new JsonObject());
            case ("DELETE", ["sandbox", "clusters", var name, "denied"]):
                Find(name).AllowAgain();
                return new Answer(200, new JsonObject());
            case ("POST", ["sandbox", "clusters", var name, "back-ends"]):
                Find(name).PutBackEnd(await ReadAsync<BackEnd>(request));
                return new Answer(201, new JsonObject());
            case ("DELETE", ["sandbox", "clusters", var name, "back-ends"]):
                Find(name).ClearBackEnds();
                return new Answer(200, new JsonObject());
            case ("POST", ["sandbox", "clusters", var name, "compact"]):
                Find(name).Compact();
                return new Answer(200, new JsonObject());
            case (_, ["sandbox", "clusters", var name, "data-plane", .. var rest]):
                return await ServePlaneAsync(context, Find(name), rest);
            case (_, ["sandbox", "eks", .. var rest]):
                if (host.Eks is not { } eks) return Answer.NoSuchPath;
                return await EksControl.ServeAsync(eks, request, rest, () => ReadAsync<EksTrouble>(request), () => ReadAsync<EksInsight[]>(request), () => ReadAsync<EksAddon[]>(request));
            case (_, ["sandbox", "backup", .. var rest]):
                if (host.Backup is not { } backup) return Answer.NoSuchPath;
                return await BackupControl.ServeAsync(backup, request, rest, () => ReadAsync<BackupTrouble>(request), () => ReadAsync<BackupResource>(request));
            case (_, ["sandbox", "iam", .. var rest]):
                if (host.Iam is not { } iam) return Answer.NoSuchPath;
                return await IamControl.ServeAsync(iam, request, rest, () => ReadAsync<IamRole>(request), () => ReadAsync<IamPolicy>(request), () => ReadAsync<IamIdentityProvider>(request));
            case (_, ["sandbox", "dns", .. var rest]):
                if (host.Dns is not { } dns) return Answer.NoSuchPath;
                return await DnsControl.ServeAsync(dns, request, rest, () => ReadAsync<DnsZone>(request), () => ReadAsync<string[]>(request));
            case (_, ["sandbox", "velero", .. var rest]):
                return await VeleroControl.ServeAsync(host.Velero, request, rest, () => ReadAsync<VeleroTrouble>(request),
                    async cluster => await host.InstallVeleroAsync(Find(cluster).Name, await ReadAsync<VeleroInstallation>(request), context.RequestAborted));
            default:
                return Answer.NoSuchPath;
        }
    }

    private static async Task<Answer> ServePlaneAsync(HttpContext context, SandboxCluster cluster, string[] path)
    {
        HttpRequest request = context.Request;
        if (request.Method == "PUT" && path.Length == 0)
        {
            DataPlaneSettings settings = await ReadAsync<DataPlaneSettings>(request);
            return new Answer(200, Describe(cluster, cluster.StartDataPlane(settings)));
        }
        SandboxDataPlane plane = cluster.DataPlane ?? throw new ApiError(409, "Conflict", $"the cluster {cluster.Name} has no data plane; PUT starts it");
        switch (request.Method, path)
        {
            case ("GET", []):
                return new Answer(200, Describe(cluster, plane));
            case ("POST", ["advance"]):
                if (Durations.Read(request.Query["by"].ToString()) is not { } by || by < TimeSpan.Zero) throw ApiError.BadRequest("how far the clock is to move is missing: ?by=30s");
                await plane.AdvanceAsync(by, context.RequestAborted);
                return new Answer(200, Describe(cluster, plane));
            case ("POST", ["settle"]):
                await plane.SettleAsync(context.RequestAborted);
                return new Answer(200, Describe(cluster, plane));
            case ("DELETE", ["violations"]):
                plane.ForgetViolations();
                return new Answer(200, Describe(cluster, plane));
            case ("POST", ["nodes"]):
                await plane.AddNodeAsync(await ReadAsync<NodeShape>(request), context.RequestAborted);
                return new Answer(201, new JsonObject());
            case ("DELETE", ["nodes", var node]):
                return await plane.RemoveNodeAsync(node, context.RequestAborted) ? new Answer(200, new JsonObject()) : throw ApiError.NotFound(string.Empty, "nodes", node);
            default:
                return Answer.NoSuchPath;
        }
    }

    private static JsonObject Describe(SandboxCluster cluster, SandboxDataPlane plane) => new()
    {
        ["now"] = plane.Now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["settings"] = JsonSerializer.SerializeToNode(plane.Settings, Format),
        ["nodes"] = cluster.Count(string.Empty, "nodes"),
        ["pods"] = cluster.Count(string.Empty, "pods"),
        ["budgetViolations"] = plane.BudgetViolations,
        ["violations"] = JsonSerializer.SerializeToNode(plane.Violations, Format),
    };

    /// <summary>What the program prints when it is ready, and <c>GET /sandbox</c> answers.</summary>
    public JsonObject Describe() => new()
    {
        ["kubeconfig"] = host.KubeConfigPath,
        ["certificateAuthority"] = host.CertificateAuthorityPath,
        ["control"] = host.ControlUri.ToString().TrimEnd('/'),
        ["token"] = host.ControlToken,
        ["clusters"] = new JsonArray([.. host.Clusters.Select(cluster => (JsonNode?)new JsonObject
        {
            ["name"] = cluster.Name,
            ["server"] = cluster.Uri.ToString().TrimEnd('/'),
            ["version"] = cluster.Version,
            ["loadBalancer"] = cluster.LoadBalancerUri?.Authority,
        })]),
        ["eks"] = host.Eks is { } eks ? EksControl.Describe(eks) : null,
        ["backup"] = host.Backup is { } backup ? BackupControl.Describe(backup) : null,
        ["dns"] = host.Dns is { } dns ? DnsControl.Describe(dns, withRecords: false) : null,
        ["velero"] = VeleroControl.Describe(host.Velero),
        ["pid"] = Environment.ProcessId,
    };

    private bool IsAllowed(HttpRequest request)
        => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), Encoding.UTF8.GetBytes($"Bearer {host.ControlToken}"));

    private static JsonObject Describe(string id, SandboxFault fault, int struck, int met)
    {
        var item = (JsonObject)JsonSerializer.SerializeToNode(fault, Format)!;
        item["id"] = id;
        item["struck"] = struck;
        item["met"] = met;
        return item;
    }

    private SandboxCluster Find(string name)
        => host.Clusters.FirstOrDefault(cluster => cluster.Name == name) ?? throw ApiError.NotFound(string.Empty, "clusters", name);

    private static async Task<T> ReadAsync<T>(HttpRequest request)
        => await JsonSerializer.DeserializeAsync<T>(request.Body, Format, request.HttpContext.RequestAborted) ?? throw ApiError.BadRequest("the body of the request is empty");

    private static async Task<int> SeedAsync(SandboxCluster cluster, HttpRequest request)
    {
        string manager = request.Query["fieldManager"].ToString();
        int count = 0;
        using var reader = new StreamReader(request.Body);
        while (await reader.ReadLineAsync(request.HttpContext.RequestAborted) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            count += cluster.Seed([line], manager.Length == 0 ? "sandbox" : manager);
        }
        return count;
    }
}
