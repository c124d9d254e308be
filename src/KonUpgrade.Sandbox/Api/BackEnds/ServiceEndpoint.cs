using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Api.BackEnds;

/// <summary>
/// Finds the pod that is asked for a Service, by the rules and in the words of a real server (registry/core/service,
/// ResourceLocation). A real one reads the Service's Endpoints; here its slices stand for them as well.
/// </summary>
internal sealed class ServiceEndpoint(SimulatedCluster cluster)
{
    private const string ServiceName = "kubernetes.io/service-name";

    /// <summary>Finds it.</summary>
    /// <param name="namespace">The Service's namespace.</param>
    /// <param name="id">As it is in the path: <c>name</c>, <c>name:port</c> or <c>scheme:name:port</c>.</param>
    /// <returns>The Service's name, and the address with its port.</returns>
    /// <exception cref="ApiError">There is none.</exception>
    public (string Service, string Address) Find(string @namespace, string id)
    {
        (string service, string port) = Parse(id);
        if (long.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) port = NameOf(number, @namespace, service);
        IReadOnlyList<Subset> subsets = Subsets(@namespace, service) ?? throw ApiError.NotFound(string.Empty, "services", service);
        if (subsets.Count == 0) throw None(service);
        foreach (Subset subset in subsets)
        {
            if (subset.Ports.FirstOrDefault(one => Metadata.Text(one, "name") == port) is not { } found) continue;
            if (subset.Ready.FirstOrDefault(address => IsOfPod(@namespace, address)) is { } ready) return (service, $"{ready.IP}:{found["port"]}");
        }
        throw None(id);
    }

    private static ApiError None(string what) => new(503, "ServiceUnavailable", $"no endpoints available for service \"{what}\"");

    private static (string Service, string Port) Parse(string id) => id.Split(':') switch
    {
        [var service] => (service, string.Empty),
        [var service, var port] => (service, port),
        ["http" or "https" or "", var service, var port] => (service, port),
        _ => throw ApiError.BadRequest($"invalid service request \"{id}\""),
    };

    private string NameOf(long number, string @namespace, string service)
    {
        JsonObject found = Get(string.Empty, "services", @namespace, service) ?? throw ApiError.NotFound(string.Empty, "services", service);
        JsonObject port = DataPlane.Fields.Objects(found["spec"], "ports").FirstOrDefault(one => DataPlane.Fields.Number(one, "port") == number)
            ?? throw new ApiError(503, "ServiceUnavailable", $"no service port {number} found for service \"{service}\"");
        return Metadata.Text(port, "name");
    }

    private List<Subset>? Subsets(string @namespace, string service)
    {
        var slices = All("discovery.k8s.io", "endpointslices", @namespace)
            .Where(slice => Metadata.Text(Metadata.Of(slice)["labels"] as JsonObject ?? [], ServiceName) == service).ToList();
        if (slices.Count > 0)
            return [.. slices.Where(slice => DataPlane.Fields.Objects(slice, "endpoints").Any()).Select(OfSlice)];
        return Get(string.Empty, "endpoints", @namespace, service) is { } endpoints ? [.. DataPlane.Fields.Objects(endpoints, "subsets").Select(OfSubset)] : null;
    }

    private static Subset OfSubset(JsonObject subset) => new(
        [.. DataPlane.Fields.Objects(subset, "ports")],
        [.. DataPlane.Fields.Objects(subset, "addresses").Select(one => new Address(Metadata.Text(one, "ip"), one["targetRef"] as JsonObject))]);

    // An endpoint that does not say whether it is ready is (discovery/v1 EndpointConditions).
    private static Subset OfSlice(JsonObject slice) => new(
        [.. DataPlane.Fields.Objects(slice, "ports")],
        [.. DataPlane.Fields.Objects(slice, "endpoints").Where(one => one["conditions"]?["ready"]?.GetValue<bool>() != false)
            .Select(one => new Address(Metadata.Strings(one, "addresses") is [var ip, ..] ? ip : string.Empty, one["targetRef"] as JsonObject))]);

    // Nobody is sent to an address that is no pod's of the namespace: endpoints are written by users, too.
    private bool IsOfPod(string @namespace, Address address) =>
        address.Target is { } target && Metadata.Text(target, "kind") == "Pod"
        && Get(string.Empty, "pods", @namespace, Metadata.Text(target, "name")) is { } pod
        && DataPlane.Fields.Objects(pod["status"], "podIPs").Any(ip => Metadata.Text(ip, "ip") == address.IP);

    private JsonObject? Get(string group, string plural, string @namespace, string name)
    {
        ApiResource resource = cluster.Catalog.InStorage(cluster.Catalog.FindPreferred(group, plural)!);
        return cluster.Store.Find(resource.Collection, StoredObject.KeyOf(@namespace, name)) is { } found ? resource.Read(found) : null;
    }

    private IEnumerable<JsonObject> All(string group, string plural, string @namespace)
    {
        if (cluster.Catalog.FindPreferred(group, plural) is not { } preferred) yield break;
        ApiResource resource = cluster.Catalog.InStorage(preferred);
        foreach (StoredObject stored in cluster.Store.Snapshot(resource.Collection).Objects)
        {
            if (stored.Namespace.SequenceEqual(@namespace)) yield return resource.Read(stored);
        }
    }

    private sealed record Subset(IReadOnlyList<JsonObject> Ports, IReadOnlyList<Address> Ready);

    private sealed record Address(string IP, JsonObject? Target);
}
