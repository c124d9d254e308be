using System.Text;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// The server's defaults that are no constants: they depend on other fields. By structure; each rule runs when all below
/// the structure is filled in.
/// </summary>
internal static class BuiltInDefaults
{
    private const string Core = "io.k8s.api.core.v1.";
    private const string Apps = "io.k8s.api.apps.v1.";
    private const string ExtensionsV1 = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";
    private const string ExtensionsV1Beta1 = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.";

    public static IReadOnlyDictionary<string, Action<JsonObject, SchemaNode>> Rules { get; } = new Dictionary<string, Action<JsonObject, SchemaNode>>(StringComparer.Ordinal)
    {
        [Core + "Container"] = Container,
        [Core + "EphemeralContainer"] = Container,
        [Core + "Volume"] = Volume,
        [Core + "PodSpec"] = PodSpec,
        [Core + "Pod"] = Pod,
        [Core + "ServicePort"] = (port, _) => TargetPort(port),
        [Core + "ServiceSpec"] = ServiceSpec,
        [Core + "Namespace"] = (o, _) => NamespaceLabel(o),
        [Core + "NodeStatus"] = (status, _) => Copy(status, "capacity", "allocatable"),
        [Core + "LimitRangeItem"] = (item, _) => LimitRangeItem(item),
        [Core + "ReplicationController"] = (o, _) => ReplicationController(o),
        [Apps + "DeploymentStrategy"] = (s, n) => RollingUpdate(s, n),
        [Apps + "DaemonSetUpdateStrategy"] = (s, n) => RollingUpdate(s, n),
        [Apps + "StatefulSetUpdateStrategy"] = StatefulSetStrategy,
        [Apps + "StatefulSetSpec"] = (spec, _) => ClaimTemplates(spec),
        [Apps + "DaemonSet"] = (o, _) => TemplateGeneration(o),
        [Core + "Secret"] = (o, _) => StringData(o),
        [Core + "NodeSpec"] = (spec, _) => PodCidrs(spec),
        ["io.k8s.api.batch.v1.Job"] = Job,
        ["io.k8s.api.networking.v1.NetworkPolicySpec"] = (spec, _) => PolicyTypes(spec),
        ["io.k8s.api.rbac.v1.Subject"] = (s, _) => SubjectGroup(s),
        ["io.k8s.api.rbac.v1beta1.Subject"] = (s, _) => SubjectGroup(s),
        ["io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec"] = (spec, _) => HorizontalPodAutoscaler(spec),
        ["io.k8s.api.autoscaling.v2beta2.HorizontalPodAutoscalerSpec"] = (spec, _) => HorizontalPodAutoscaler(spec),
        [ExtensionsV1 + "CustomResourceDefinition"] = (o, _) => StoredVersions(o),
        [ExtensionsV1 + "CustomResourceDefinitionNames"] = (names, _) => Names(names),
        [ExtensionsV1Beta1 + "CustomResourceDefinition"] = (o, _) => StoredVersions(o),
        [ExtensionsV1Beta1 + "CustomResourceDefinitionNames"] = (names, _) => Names(names),
        [ExtensionsV1Beta1 + "CustomResourceDefinitionSpec"] = (spec, _) => OldDefinitionSpec(spec),
    };

    /// <summary>Always for the tag latest, given or meant; otherwise IfNotPresent.</summary>
    public static string PullPolicy(string image)
    {
        if (image.Length == 0 || image.Contains('@', StringComparison.Ordinal))
            return "IfNotPresent";
        var name = image[(image.LastIndexOf('/') + 1)..];
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || name[(colon + 1)..] == "latest" ? "Always" : "IfNotPresent";
    }

    private static void Container(JsonObject container, SchemaNode schema)
    {
        if (IsUnset(container["imagePullPolicy"]))
            container["imagePullPolicy"] = PullPolicy(Json.Text(container["image"]) ?? "");
    }

    private static void Volume(JsonObject volume, SchemaNode schema)
    {
        if (!volume.Any(p => p.Value is not null && p.Key != "name"))
            volume["emptyDir"] = new JsonObject();
        if (volume["image"] is JsonObject image && IsUnset(image["pullPolicy"]))
            image["pullPolicy"] = PullPolicy(Json.Text(image["reference"]) ?? "");
    }

    private static void PodSpec(JsonObject spec, SchemaNode schema)
    {
        // The same account under its old name, which the server always writes too.
        if (Json.Text(spec["serviceAccountName"]) is { Length: > 0 } account)
            spec["serviceAccount"] = account;
        else if (Json.Text(spec["serviceAccount"]) is { Length: > 0 } old)
            spec["serviceAccountName"] = old;
    }

    private static void Pod(JsonObject pod, SchemaNode schema)
    {
        if (pod["spec"] is not JsonObject spec)
            return;
        if (spec["enableServiceLinks"] is null)
            spec["enableServiceLinks"] = true;
        foreach (var container in Items(spec["containers"]).Concat(Items(spec["initContainers"])))
        {
            if (container["resources"] is not JsonObject resources || resources["limits"] is not JsonObject limits)
                continue;
            if (resources["requests"] is not JsonObject requests)
                resources["requests"] = requests = [];
            Fill(requests, limits);
        }
        if (spec["hostNetwork"]?.GetValue<bool>() != true)
            return;
        foreach (var port in Items(spec["containers"]).Concat(Items(spec["initContainers"])).SelectMany(c => Items(c["ports"])))
        {
            if (port["hostPort"] is null)
                port["hostPort"] = port["containerPort"]?.DeepClone();
        }
    }

    private static void TargetPort(JsonObject port)
    {
        var target = port["targetPort"];
        if (target is null || Json.Text(target) is { Length: 0 } || (Json.TryInteger(target, out var number) && number == 0))
            port["targetPort"] = port["port"]?.DeepClone();
    }

    private static void ServiceSpec(JsonObject spec, SchemaNode schema)
    {
        var type = Json.Text(spec["type"]);
        if (Json.Text(spec["sessionAffinity"]) == "None")
            spec.Remove("sessionAffinityConfig");
        else if (spec["sessionAffinityConfig"]?["clientIP"]?["timeoutSeconds"] is null)
            spec["sessionAffinityConfig"] = new JsonObject { ["clientIP"] = new JsonObject { ["timeoutSeconds"] = 10800 } };
        var outside = type is "NodePort" or "LoadBalancer" || (type == "ClusterIP" && spec["externalIPs"] is JsonArray { Count: > 0 });
        if (outside && IsUnset(spec["externalTrafficPolicy"]))
            spec["externalTrafficPolicy"] = "Cluster";
        // Their gates went on by default with 1.22.
        if (schema.Minor < 22)
            return;
        if (type is "ClusterIP" or "NodePort" or "LoadBalancer" && spec["internalTrafficPolicy"] is null)
            spec["internalTrafficPolicy"] = "Cluster";
        if (type == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] is null)
            spec["allocateLoadBalancerNodePorts"] = true;
    }

    private static void NamespaceLabel(JsonObject obj)
    {
        if (obj["metadata"] is not JsonObject metadata || Json.Text(metadata["name"]) is not { Length: > 0 } name)
            return;
        if (metadata["labels"] is not JsonObject labels)
            metadata["labels"] = labels = [];
        labels["kubernetes.io/metadata.name"] = name;
    }

    private static void LimitRangeItem(JsonObject item)
    {
        if (Json.Text(item["type"]) != "Container")
            return;
        var @default = item["default"] as JsonObject ?? [];
        if (item["max"] is JsonObject max)
            Fill(@default, max);
        var request = item["defaultRequest"] as JsonObject ?? [];
        Fill(request, @default);
        if (item["min"] is JsonObject min)
            Fill(request, min);
        if (@default.Count > 0 && @default.Parent is null)
            item["default"] = @default;
        if (request.Count > 0 && request.Parent is null)
            item["defaultRequest"] = request;
    }

    private static void ReplicationController(JsonObject obj)
    {
        if (obj["spec"] is JsonObject spec && spec["template"]?["metadata"]?["labels"] is JsonObject labels && spec["selector"] is null or JsonObject { Count: 0 })
            spec["selector"] = labels.DeepClone();
        LabelsOf(obj, obj["spec"]?["template"]);
    }

    /// <summary>An object without labels of its own takes those of its template.</summary>
    private static void LabelsOf(JsonObject obj, JsonNode? template)
    {
        if (template?["metadata"]?["labels"] is not JsonObject { Count: > 0 } labels || obj["metadata"] is not JsonObject metadata || metadata["labels"] is JsonObject { Count: > 0 })
            return;
        metadata["labels"] = labels.DeepClone();
    }

    private static void RollingUpdate(JsonObject strategy, SchemaNode schema)
    {
        if (Json.Text(strategy["type"]) != "RollingUpdate" || strategy["rollingUpdate"] is JsonObject)
            return;
        var update = new JsonObject();
        if (schema.Properties.GetValueOrDefault("rollingUpdate") is { } node)
            SchemaDefaults.Apply(update, node);
        strategy["rollingUpdate"] = update;
    }

    private static void StatefulSetStrategy(JsonObject strategy, SchemaNode schema)
    {
        // Only a strategy that was not named gets its details too.
        if (!IsUnset(strategy["type"]))
            return;
        strategy["type"] = "RollingUpdate";
        RollingUpdate(strategy, schema);
    }

    // Of a Job itself: a CronJob's template stays as it is until a Job is made from it.
    private static void Job(JsonObject job, SchemaNode schema)
    {
        LabelsOf(job, job["spec"]?["template"]);
        if (job["spec"] is not JsonObject spec || schema.Properties.GetValueOrDefault("spec") is not { } known)
            return;
        if (spec["parallelism"] is null)
        {
            spec["parallelism"] = 1;
            if (spec["completions"] is null)
                spec["completions"] = 1;
        }
        spec["backoffLimit"] ??= spec["backoffLimitPerIndex"] is null ? 6 : int.MaxValue;
        var minor = known.Minor;
        if (minor >= 22)
        {
            spec["completionMode"] ??= "NonIndexed";
            spec["suspend"] ??= false;
        }
        if (minor >= 29)
            spec["podReplacementPolicy"] ??= spec["podFailurePolicy"] is null ? "TerminatingOrFailed" : "Failed";
        if (minor >= 31)
            spec["manualSelector"] ??= false;
    }

    private static void ClaimTemplates(JsonObject spec)
    {
        foreach (var claim in Items(spec["volumeClaimTemplates"]))
        {
            claim["apiVersion"] = "v1";
            claim["kind"] = "PersistentVolumeClaim";
        }
    }

    // Left over from the time before apps/v1, and still written.
    private static void TemplateGeneration(JsonObject obj)
    {
        if (obj["metadata"] is not JsonObject metadata)
            return;
        if (metadata["annotations"] is not JsonObject annotations)
            metadata["annotations"] = annotations = [];
        annotations["deprecated.daemonset.template.generation"] ??= "1";
    }

    /// <summary>stringData is only ever written: it becomes data.</summary>
    private static void StringData(JsonObject secret)
    {
        if (!secret.Remove("stringData", out var value) || value is not JsonObject texts)
            return;
        if (secret["data"] is not JsonObject data)
            secret["data"] = data = [];
        foreach (var (name, text) in texts)
            data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Json.Text(text) ?? ""));
    }

    private static void PodCidrs(JsonObject spec)
    {
        if (spec["podCIDR"] is { } first && spec["podCIDRs"] is not JsonArray { Count: > 0 })
            spec["podCIDRs"] = new JsonArray(first.DeepClone());
    }

    private static void PolicyTypes(JsonObject spec)
    {
        if (spec["policyTypes"] is JsonArray { Count: > 0 })
            return;
        var types = new JsonArray("Ingress");
        if (spec["egress"] is JsonArray { Count: > 0 })
            types.Add("Egress");
        spec["policyTypes"] = types;
    }

    private static void SubjectGroup(JsonObject subject)
    {
        if (IsUnset(subject["apiGroup"]) && Json.Text(subject["kind"]) is "User" or "Group")
            subject["apiGroup"] = "rbac.authorization.k8s.io";
    }

    private static void HorizontalPodAutoscaler(JsonObject spec)
    {
        if (spec["metrics"] is not JsonArray { Count: > 0 })
        {
            spec["metrics"] = new JsonArray(new JsonObject
            {
                ["type"] = "Resource",
                ["resource"] = new JsonObject
                {
                    ["name"] = "cpu",
                    ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = 80 },
                },
            });
        }
        if (spec["behavior"] is not JsonObject behavior)
            return;
        static JsonObject Policy(string type, int value) => new() { ["type"] = type, ["value"] = value, ["periodSeconds"] = 15 };
        behavior["scaleUp"] ??= new JsonObject();
        var up = (JsonObject)behavior["scaleUp"]!;
        up["stabilizationWindowSeconds"] ??= 0;
        up["selectPolicy"] ??= "Max";
        up["policies"] ??= new JsonArray(Policy("Pods", 4), Policy("Percent", 100));
        behavior["scaleDown"] ??= new JsonObject();
        var down = (JsonObject)behavior["scaleDown"]!;
        down["selectPolicy"] ??= "Max";
        down["policies"] ??= new JsonArray(Policy("Percent", 100));
    }

    private static void StoredVersions(JsonObject definition)
    {
        if (definition["status"] is not JsonObject status || status["storedVersions"] is JsonArray { Count: > 0 })
            return;
        var stored = Items(definition["spec"]?["versions"]).FirstOrDefault(v => v["storage"]?.GetValue<bool>() == true);
        if (stored?["name"] is { } name)
            status["storedVersions"] = new JsonArray(name.DeepClone());
    }

    private static void Names(JsonObject names)
    {
        if (Json.Text(names["kind"]) is not { Length: > 0 } kind)
            return;
        if (IsUnset(names["singular"]))
            names["singular"] = kind.ToLowerInvariant();
        if (IsUnset(names["listKind"]))
            names["listKind"] = kind + "List";
    }

    /// <summary>v1beta1: one version at the top stands for a list of one, and the other way round.</summary>
    private static void OldDefinitionSpec(JsonObject spec)
    {
        if (spec["versions"] is not JsonArray { Count: > 0 } versions)
        {
            if (Json.Text(spec["version"]) is { Length: > 0 } version)
                spec["versions"] = new JsonArray(new JsonObject { ["name"] = version, ["served"] = true, ["storage"] = true });
        }
        else if (IsUnset(spec["version"]) && Json.Text(versions[0]?["name"]) is { Length: > 0 } first)
        {
            spec["version"] = first;
        }
        if (spec["conversion"] is JsonObject conversion && Json.Text(conversion["strategy"]) == "Webhook" && conversion["conversionReviewVersions"] is not JsonArray { Count: > 0 })
            conversion["conversionReviewVersions"] = new JsonArray("v1beta1");
    }

    private static void Copy(JsonObject obj, string from, string to)
    {
        if (obj[to] is null && obj[from] is { } value)
            obj[to] = value.DeepClone();
    }

    private static void Fill(JsonObject target, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (!target.ContainsKey(name))
                target[name] = value?.DeepClone();
        }
    }

    private static IEnumerable<JsonObject> Items(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];

    private static bool IsUnset(JsonNode? value) => value is null || Json.Text(value) is { Length: 0 };
}
