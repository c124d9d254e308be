using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Behaviors;

namespace KonUpgrade.Sandbox.Konstellation;

/// <summary>
/// Makes of each App, for each of its targets that the cluster has, an AppTarget, a release with a ReplicaSet, and the way
/// in: an IngressRequest, and one Ingress a target in istio-system, which names no host. One release of a target is active
/// at once; how traffic moves from one to the next is not simulated.
/// </summary>
internal sealed class AppOperator(OperatorObjects objects) : SimulatedOperator(objects, "kon-system", "konstellation")
{
    private const string Group = "k11n.dev";
    private const string Manager = "konstellation";
    private const string Halt = "halt";
    private const string Gateways = "istio-system";

    public override void Work()
    {
        HashSet<string> here = [.. Objects.All(Group, "clusterconfigs").Take(1).SelectMany(config => Texts(config["spec"]?["targets"]))];
        foreach (string name in Objects.All(Group, "apps").Select(Metadata.Name).ToList())
        {
            // It may have gone while others were looked after.
            if (Objects.Find(Group, "apps", string.Empty, name) is not { } app || Metadata.IsTerminating(app)) continue;
            foreach (JsonObject target in (app["spec"]?["targets"] as JsonArray ?? []).OfType<JsonObject>())
            {
                if (here.Contains(Text(target, "name"))) Reconcile(app, target);
            }
        }
        foreach (string target in here.Order(StringComparer.Ordinal)) OpenWay(target);
    }

    private static string Text(JsonNode? part, string name) => (string?)part?[name] ?? string.Empty;

    private static IEnumerable<string> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(text => (string?)text).OfType<string>();

    private static long Number(JsonNode? part, string name) => part?[name] is JsonValue value && value.TryGetValue(out long number) ? number : 0;

    private static JsonObject Labels(string app, string target) => new() { ["k11n.dev/app"] = app, ["k11n.dev/target"] = target };

    // What was made of the App under this name, and not what somebody laid there.
    private void Reconcile(JsonObject app, JsonObject target)
    {
        string name = Metadata.Name(app), place = Text(target, "name"), made = $"{name}-{place}";
        if (BuildOf(app) is not { } build) return;
        JsonNode? scale = target["scale"] ?? app["spec"]?["scale"];
        long least = Math.Max(1, Number(scale, "min"));
        string mode = Text(target, "deployMode") is { Length: > 0 } said ? said : "latest";
        var spec = new JsonObject
        {
            ["app"] = name,
            ["target"] = place,
            ["build"] = Metadata.Name(build),
            ["deployMode"] = mode,
            ["scale"] = new JsonObject { ["min"] = least, ["max"] = Math.Max(least, Number(scale, "max")) },
        };
        Objects.Make(Group, "apptargets", string.Empty, made, Manager, app, () => new JsonObject { ["metadata"] = new JsonObject { ["labels"] = Labels(name, place) }, ["spec"] = spec.DeepClone() });
        Set("apptargets", string.Empty, made, spec);
        if (Objects.Find(Group, "apptargets", string.Empty, made) is not { } own) return;
        string release = ReleaseOf(name, place, build);
        bool halted = mode == Halt;
        RetireOthers(name, place, release);
        (long Ready, long Available) seen = Release(app, own, build, release, halted ? 0 : least, halted);
        string address = target["ingress"] is JsonObject ingress ? Ask(own, name, place, ingress) : string.Empty;
        bool isUp = !halted && seen.Available >= least;
        Tell("apptargets", string.Empty, made, new JsonObject
        {
            ["phase"] = halted ? "halted" : isUp ? "running" : "deploying",
            ["targetRelease"] = halted ? string.Empty : release,
            ["activeRelease"] = isUp ? release : string.Empty,
            ["numDesired"] = halted ? 0 : least,
            ["numReady"] = seen.Ready,
            ["numAvailable"] = seen.Available,
            ["hostname"] = address,
        });
    }

    // A halted target has no release where none was made before.
    private (long Ready, long Available) Release(JsonObject app, JsonObject target, JsonObject build, string release, long wanted, bool halted)
    {
        string name = Text(target["spec"], "app"), place = Text(target["spec"], "target");
        if (halted && Objects.Find(Group, "appreleases", place, release) is null) return (0, 0);
        var spec = new JsonObject
        {
            ["app"] = name,
            ["target"] = place,
            ["build"] = Metadata.Name(build),
            ["config"] = string.Empty,
            ["numDesired"] = wanted,
            ["role"] = halted ? string.Empty : "active",
            ["trafficPercentage"] = halted ? 0L : 100L,
        };
        Objects.Make(Group, "appreleases", place, release, Manager, target, () => new JsonObject { ["metadata"] = new JsonObject { ["labels"] = Labels(name, place) }, ["spec"] = spec.DeepClone() });
        Set("appreleases", place, release, spec);
        JsonObject labels = Labels(name, place);
        labels["k11n.dev/appRelease"] = release;
        Objects.Make("apps", "replicasets", place, release, Manager, Objects.Find(Group, "appreleases", place, release), () => new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() },
            ["spec"] = new JsonObject
            {
                ["replicas"] = wanted,
                ["selector"] = new JsonObject { ["matchLabels"] = labels.DeepClone() },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() },
                    ["spec"] = new JsonObject
                    {
                        ["containers"] = new JsonArray(new JsonObject
                        {
                            ["name"] = "app",
                            ["image"] = $"{Text(build["spec"], "registry")}/{Text(build["spec"], "image")}:{Text(build["spec"], "tag")}",
                            ["resources"] = app["spec"]?["resources"]?.DeepClone() ?? new JsonObject(),
                        }),
                    },
                },
            },
        });
        Scale(place, release, wanted);
        JsonNode? status = Objects.Find("apps", "replicasets", place, release)?["status"];
        (long ready, long available) = (Number(status, "readyReplicas"), Number(status, "availableReplicas"));
        Tell("appreleases", place, release, new JsonObject
        {
            ["state"] = halted ? "halted" : available >= wanted ? "released" : "releasing",
            ["numDesired"] = wanted,
            ["numReady"] = ready,
            ["numAvailable"] = available,
        });
        return (ready, available);
    }

    private void RetireOthers(string app, string place, string current)
    {
        foreach (JsonObject other in Objects.All(Group, "appreleases").Where(other => Metadata.Namespace(other) == place && Text(other["spec"], "app") == app && Metadata.Name(other) != current).ToList())
        {
            string name = Metadata.Name(other);
            JsonObject spec = other["spec"]!.DeepClone().AsObject();
            (spec["numDesired"], spec["role"], spec["trafficPercentage"]) = (0L, string.Empty, 0L);
            Set("appreleases", place, name, spec);
            Scale(place, name, 0);
            Tell("appreleases", place, name, new JsonObject { ["state"] = "retired", ["numDesired"] = 0L, ["numReady"] = 0L, ["numAvailable"] = 0L });
        }
    }

    private void Scale(string place, string release, long wanted) => Objects.Change("apps", "replicasets", place, release, set =>
    {
        if (set["spec"] is not JsonObject own || Number(own, "replicas") == wanted) return false;
        own["replicas"] = wanted;
        return true;
    });

    private string Ask(JsonObject target, string app, string place, JsonObject ingress)
    {
        string name = $"{app}-{place}";
        var spec = new JsonObject { ["hosts"] = ingress["hosts"]?.DeepClone() ?? new JsonArray(), ["requireHttps"] = ingress["requireHttps"]?.DeepClone() ?? false };
        Objects.Make(Group, "ingressrequests", place, name, Manager, target, () => new JsonObject { ["metadata"] = new JsonObject { ["labels"] = Labels(app, place) }, ["spec"] = spec.DeepClone() });
        Set("ingressrequests", place, name, spec);
        string address = Text((Objects.Find("networking.k8s.io", "ingresses", Gateways, place)?["status"]?["loadBalancer"]?["ingress"] as JsonArray)?.FirstOrDefault(), "hostname");
        Tell("ingressrequests", place, name, new JsonObject { ["address"] = address });
        return address;
    }

    // One Ingress for all that a target lets in; hosts are told apart behind it.
    private void OpenWay(string target)
    {
        if (!Objects.All(Group, "ingressrequests").Any(request => Metadata.Namespace(request) == target)) return;
        static JsonObject Gateway() => new() { ["service"] = new JsonObject { ["name"] = "istio-ingressgateway", ["port"] = new JsonObject { ["number"] = 80L } } };
        Objects.Make("networking.k8s.io", "ingresses", Gateways, target, Manager, null, () => new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["k11n.dev/appProtocol"] = string.Empty }, ["annotations"] = new JsonObject { ["kubernetes.io/ingress.class"] = "alb", ["konstellation"] = "1" } },
            ["spec"] = new JsonObject
            {
                ["defaultBackend"] = Gateway(),
                ["rules"] = new JsonArray(new JsonObject { ["http"] = new JsonObject { ["paths"] = new JsonArray(new JsonObject { ["path"] = "/", ["pathType"] = "Prefix", ["backend"] = Gateway() }) } }),
            },
        });
    }

    // What nobody has registered it registers itself.
    private JsonObject? BuildOf(JsonObject app)
    {
        (string registry, string image, string tag) = (Text(app["spec"], "registry"), Text(app["spec"], "image"), Text(app["spec"], "imageTag"));
        if (Objects.All(Group, "builds").FirstOrDefault(build => (Text(build["spec"], "registry"), Text(build["spec"], "image"), Text(build["spec"], "tag")) == (registry, image, tag)) is { } found)
            return found;
        string name = BuildName.Of(registry, image, tag);
        Objects.Make(Group, "builds", string.Empty, name, Manager, null, () => new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["k11n.dev/buildRegistry"] = registry, ["k11n.dev/buildImage"] = image.Replace('/', '_') } },
            ["spec"] = new JsonObject
            {
                ["registry"] = registry,
                ["image"] = image,
                ["tag"] = tag,
                ["createdAt"] = new JsonObject { ["seconds"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(), ["nanos"] = 0L },
            },
        });
        return Objects.Find(Group, "builds", string.Empty, name);
    }

    // It carries the time at which this cluster got the Build: on another one the release has another name.
    private static string ReleaseOf(string app, string target, JsonObject build)
    {
        string created = Text(Metadata.Of(build), "creationTimestamp");
        string at = DateTimeOffset.TryParse(created, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time.ToUniversalTime().ToString("yyyyMMdd-HHmm", CultureInfo.InvariantCulture) : "00000000-0000";
        return $"{app}-{at}-{Stable.Uid($"{app}/{target}/{Metadata.Uid(build)}").Replace("-", string.Empty, StringComparison.Ordinal)[..5]}";
    }

    private void Set(string plural, string ns, string name, JsonObject spec) => Objects.Change(Group, plural, ns, name, item =>
    {
        if (JsonNode.DeepEquals(item["spec"], spec)) return false;
        item["spec"] = spec.DeepClone();
        return true;
    });

    private void Tell(string plural, string ns, string name, JsonObject status) => Objects.Change(
        Group, plural, ns, name, item =>
        {
            if (JsonNode.DeepEquals(item["status"], status)) return false;
            item["status"] = status.DeepClone();
            return true;
        },
        Manager);
}
