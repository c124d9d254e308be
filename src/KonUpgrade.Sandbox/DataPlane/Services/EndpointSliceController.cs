using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.DataPlane.Work;
using KonUpgrade.Sandbox.DataPlane.Workloads;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Services;

/// <summary>Lists the Pods behind each Service that selects some.</summary>
internal sealed class EndpointSliceController : ObjectController
{
    private const string ServiceName = "kubernetes.io/service-name";
    private const string ManagedBy = "endpointslice.kubernetes.io/managed-by";
    private const string Us = "endpointslice-controller.k8s.io";
    private const int MostInOne = 100;

    private readonly ObjectCache<ItemView> _slices;

    public EndpointSliceController(PlaneContext plane)
        : base(plane, plane.Caches.Services)
    {
        _slices = plane.Caches.EndpointSlices;
        _slices.Changed += (before, after) =>
        {
            ItemView slice = (after ?? before)!;
            if (slice.Labels.GetValueOrDefault(ManagedBy) == Us && slice.Labels.TryGetValue(ServiceName, out string? service)) Enqueue(StoredObject.KeyOf(slice.Namespace, service));
        };
        plane.Caches.Pods.Changed += PodChanged;
    }

    protected override void Reconcile(string key)
    {
        if (!Objects.Has(key, out ItemView? service) || service.Terminating) return;
        Dictionary<string, string> selector = Fields.Texts(service.Spec, "selector");
        if (selector.Count == 0 || Fields.Text(service.Spec, "type") == "ExternalName") return;
        PodView[] pods = [.. Plane.Caches.Pods.InNamespace(service.Namespace)
            .Where(pod => pod is { IP.Length: > 0, Finished: false } && Selects(selector, pod))
            .OrderBy(pod => pod.Name, StringComparer.Ordinal)];
        ItemView[] slices = [.. _slices.ControlledBy(service.Uid).Where(slice => slice.Labels.GetValueOrDefault(ManagedBy) == Us && !slice.Terminating).OrderBy(slice => slice.Name, StringComparer.Ordinal)];
        JsonArray ports = Ports(service, pods);
        bool anyway = Fields.Flag(service.Spec, "publishNotReadyAddresses");
        // A Service without Pods has one empty slice.
        PodView[][] groups = pods.Length == 0 ? [[]] : [.. pods.Chunk(MostInOne)];
        for (int i = 0; i < groups.Length; i++)
        {
            var endpoints = new JsonArray([.. groups[i].Select(pod => (JsonNode?)Endpoint(pod, anyway))]);
            if (i < slices.Length) Update(slices[i], endpoints, ports);
            else Make(service, endpoints, ports);
        }
        foreach (ItemView extra in slices.Skip(groups.Length)) Plane.Writes.Delete(_slices.Kind, extra, DisruptionCause.Controller);
    }

    private void Update(ItemView slice, JsonArray endpoints, JsonArray ports)
    {
        if (Json.Same(slice.Item["endpoints"], endpoints) && Json.Same(slice.Item["ports"], ports)) return;
        Plane.Writes.ChangeSpec(_slices.Kind, slice, item =>
        {
            item["endpoints"] = endpoints;
            item["ports"] = ports.DeepClone();
            return true;
        });
    }

    private void Make(ItemView service, JsonArray endpoints, JsonArray ports)
    {
        var labels = new JsonObject { [ManagedBy] = Us, [ServiceName] = service.Name };
        if (Fields.Text(service.Spec, "clusterIP") == "None") labels["service.kubernetes.io/headless"] = string.Empty;
        Plane.Writes.Create(_slices.Kind, service.Namespace, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["generateName"] = $"{service.Name}-",
                ["labels"] = labels,
                ["ownerReferences"] = new JsonArray(PodTemplates.Owner(service, Objects.Kind)),
            },
            ["addressType"] = "IPv4",
            ["endpoints"] = endpoints,
            ["ports"] = ports.DeepClone(),
        });
    }

    private JsonObject Endpoint(PodView pod, bool anyway)
    {
        var endpoint = new JsonObject
        {
            ["addresses"] = new JsonArray(pod.IP),
            ["conditions"] = new JsonObject
            {
                ["ready"] = anyway || (pod.Ready && !pod.Terminating),
                ["serving"] = anyway || pod.Ready,
                ["terminating"] = pod.Terminating,
            },
            ["nodeName"] = pod.NodeName,
            ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = pod.Name, ["namespace"] = pod.Namespace, ["uid"] = pod.Uid },
        };
        if (Plane.Caches.Nodes.Find(pod.NodeName)?.Labels.GetValueOrDefault("topology.kubernetes.io/zone") is { } zone) endpoint["zone"] = zone;
        return endpoint;
    }

    private static JsonArray Ports(ItemView service, PodView[] pods)
    {
        var ports = new JsonArray();
        foreach (JsonObject port in Fields.Objects(service.Spec, "ports"))
        {
            JsonNode? target = port["targetPort"];
            // A name stands for the port of that name in the Pods; the first that has one decides.
            long? number = Json.TryInteger(target, out long given) ? given
                : Json.Text(target) is { } name ? pods.Select(pod => pod.Ports?.GetValueOrDefault(name)).FirstOrDefault(found => found > 0)
                : Fields.Number(port, "port");
            if (number is not { } known) continue;
            ports.Add((JsonNode)new JsonObject
            {
                ["name"] = Metadata.Text(port, "name"),
                ["port"] = known,
                ["protocol"] = Metadata.Text(port, "protocol") is { Length: > 0 } protocol ? protocol : "TCP",
            });
        }
        return ports;
    }

    private void PodChanged(PodView? before, PodView? after)
    {
        PodView pod = (after ?? before)!;
        bool same = before is not null && after is not null && before.Ready == after.Ready && before.Terminating == after.Terminating
            && before.IP == after.IP && before.Finished == after.Finished && before.Labels.Count == after.Labels.Count && !before.Labels.Except(after.Labels).Any();
        if (same) return;
        foreach (ItemView service in Objects.InNamespace(pod.Namespace))
        {
            Dictionary<string, string> selector = Fields.Texts(service.Spec, "selector");
            if (selector.Count > 0 && (Selects(selector, pod) || (before is not null && Selects(selector, before)))) Enqueue(service.Key);
        }
    }

    private static bool Selects(Dictionary<string, string> selector, PodView pod)
        => selector.All(label => pod.Labels.TryGetValue(label.Key, out string? value) && value == label.Value);
}
