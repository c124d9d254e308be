using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// The rules of built-in kinds that types alone do not tell, as far as manifests commonly run into them: names, ports,
/// selectors and what must go together. By structure; each is asked after its fields are defaulted.
/// </summary>
internal static partial class BuiltInRules
{
    private const string Core = "io.k8s.api.core.v1.";
    private const string Apps = "io.k8s.api.apps.v1.";

    private const string Label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private const string ConfigKey = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    public static IReadOnlyDictionary<string, Action<JsonObject, string, List<FieldProblem>>> Rules { get; } = new Dictionary<string, Action<JsonObject, string, List<FieldProblem>>>(StringComparer.Ordinal)
    {
        [Core + "PodSpec"] = PodSpec,
        [Core + "ContainerPort"] = (port, path, problems) => PortNumber(port, "containerPort", path, problems),
        [Core + "ServiceSpec"] = ServiceSpec,
        [Core + "ServicePort"] = (port, path, problems) => PortNumber(port, "port", path, problems),
        [Core + "ConfigMap"] = (o, _, problems) => Keys(o, ["data", "binaryData"], problems),
        [Core + "Secret"] = (o, _, problems) => Keys(o, ["data"], problems),
        [Core + "PersistentVolumeClaimSpec"] = ClaimSpec,
        [Apps + "DeploymentSpec"] = Workload,
        [Apps + "ReplicaSetSpec"] = Workload,
        [Apps + "DaemonSetSpec"] = Workload,
        [Apps + "StatefulSetSpec"] = Workload,
        ["io.k8s.api.batch.v1.JobSpec"] = JobSpec,
        ["io.k8s.api.networking.v1.IngressSpec"] = IngressSpec,
        ["io.k8s.api.networking.v1.HTTPIngressPath"] = IngressPath,
    };

    private static void PodSpec(JsonObject spec, string path, List<FieldProblem> problems)
    {
        var volumes = new HashSet<string>(StringComparer.Ordinal);
        Named(spec, "volumes", path, volumes, problems);
        // Init containers share the names of the others.
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in new[] { "containers", "initContainers" })
        {
            Named(spec, list, path, names, problems);
            var i = -1;
            foreach (var container in Items(spec[list]))
            {
                i++;
                if (Json.Text(container["image"]) is null or "")
                    problems.Add(new FieldProblem($"{path}.{list}[{i}].image", FieldProblem.RequiredReason, "Required value"));
                var m = -1;
                foreach (var mount in Items(container["volumeMounts"]))
                {
                    m++;
                    if (Json.Text(mount["name"]) is { Length: > 0 } name && !volumes.Contains(name))
                        problems.Add(new FieldProblem($"{path}.{list}[{i}].volumeMounts[{m}].name", "FieldValueNotFound", $"Not found: \"{name}\""));
                }
            }
        }
    }

    private static void Named(JsonObject spec, string list, string path, HashSet<string> seen, List<FieldProblem> problems)
    {
        var i = -1;
        foreach (var item in Items(spec[list]))
        {
            i++;
            var at = $"{path}.{list}[{i}].name";
            if (Json.Text(item["name"]) is not { Length: > 0 } name)
                continue;
            if (name.Length > 63)
                problems.Add(new FieldProblem(at, FieldProblem.InvalidReason, $"Invalid value: \"{name}\": must be no more than 63 characters"));
            else if (!IsLabel().IsMatch(name))
                problems.Add(new FieldProblem(at, FieldProblem.InvalidReason, $"Invalid value: \"{name}\": {Label}"));
            if (!seen.Add(name))
                problems.Add(new FieldProblem(at, FieldProblem.DuplicateReason, $"Duplicate value: \"{name}\""));
        }
    }

    private static void PortNumber(JsonObject port, string field, string path, List<FieldProblem> problems)
    {
        if (Json.TryInteger(port[field], out var number) && number is < 1 or > 65535)
        {
            problems.Add(number == 0 && field == "containerPort"
                ? new FieldProblem($"{path}.{field}", FieldProblem.RequiredReason, "Required value")
                : new FieldProblem($"{path}.{field}", FieldProblem.InvalidReason, $"Invalid value: {number}: must be between 1 and 65535, inclusive"));
        }
    }

    private static void ServiceSpec(JsonObject spec, string path, List<FieldProblem> problems)
    {
        var ports = Items(spec["ports"]).ToList();
        var external = Json.Text(spec["type"]) == "ExternalName";
        if (ports.Count == 0 && !external && Json.Text(spec["clusterIP"]) != "None")
            problems.Add(new FieldProblem($"{path}.ports", FieldProblem.RequiredReason, "Required value"));
        if (external && Json.Text(spec["externalName"]) is null or "")
            problems.Add(new FieldProblem($"{path}.externalName", FieldProblem.RequiredReason, "Required value"));
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ports.Count; i++)
        {
            var at = $"{path}.ports[{i}].name";
            var name = Json.Text(ports[i]["name"]) ?? "";
            if (name.Length == 0)
            {
                if (ports.Count > 1)
                    problems.Add(new FieldProblem(at, FieldProblem.RequiredReason, "Required value"));
                continue;
            }
            if (!IsLabel().IsMatch(name))
                problems.Add(new FieldProblem(at, FieldProblem.InvalidReason, $"Invalid value: \"{name}\": {Label}"));
            if (!names.Add(name))
                problems.Add(new FieldProblem(at, FieldProblem.DuplicateReason, $"Duplicate value: \"{name}\""));
        }
    }

    private static void Keys(JsonObject obj, string[] fields, List<FieldProblem> problems)
    {
        foreach (var field in fields)
        {
            foreach (var (key, _) in obj[field] as JsonObject ?? [])
            {
                if (!IsConfigKey().IsMatch(key) || key.Length > 253 || key is "." or "..")
                    problems.Add(new FieldProblem($"{field}[{key}]", FieldProblem.InvalidReason, $"Invalid value: \"{key}\": {ConfigKey}"));
            }
        }
    }

    private static void ClaimSpec(JsonObject spec, string path, List<FieldProblem> problems)
    {
        if (spec["accessModes"] is not JsonArray { Count: > 0 })
            problems.Add(new FieldProblem($"{path}.accessModes", FieldProblem.RequiredReason, "Required value: at least 1 access mode is required"));
        if (spec["resources"]?["requests"]?["storage"] is null)
            problems.Add(new FieldProblem($"{path}.resources[storage]", FieldProblem.RequiredReason, "Required value"));
    }

    private static void Workload(JsonObject spec, string path, List<FieldProblem> problems)
    {
        if (spec["selector"] is JsonObject selector)
        {
            var labels = spec["template"]?["metadata"]?["labels"] as JsonObject;
            if (!Selects(selector, labels))
            {
                var shown = labels is null ? "map[string]string(nil)" : $"map[string]string{{{string.Join(", ", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{Json.Compact(l.Key)}:{Json.Compact(l.Value)}"))}}}";
                problems.Add(new FieldProblem($"{path}.template.metadata.labels", FieldProblem.InvalidReason, $"Invalid value: {shown}: `selector` does not match template `labels`"));
            }
        }
        if (Json.Text(spec["template"]?["spec"]?["restartPolicy"]) is { } policy and not "Always")
            problems.Add(new FieldProblem($"{path}.template.spec.restartPolicy", FieldProblem.NotSupportedReason, $"Unsupported value: \"{policy}\": supported values: \"Always\""));
    }

    private static void JobSpec(JsonObject spec, string path, List<FieldProblem> problems)
    {
        if (Json.Text(spec["template"]?["spec"]?["restartPolicy"]) == "Always")
            problems.Add(new FieldProblem($"{path}.template.spec.restartPolicy", FieldProblem.RequiredReason, "Required value: valid values: \"OnFailure\", \"Never\""));
    }

    private static void IngressSpec(JsonObject spec, string path, List<FieldProblem> problems)
    {
        if (spec["defaultBackend"] is null && spec["rules"] is not JsonArray { Count: > 0 })
            problems.Add(new FieldProblem(path, FieldProblem.InvalidReason, "Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified"));
    }

    private static void IngressPath(JsonObject route, string path, List<FieldProblem> problems)
    {
        if (Json.Text(route["pathType"]) is "Exact" or "Prefix" && Json.Text(route["path"]) is var text && text?.StartsWith('/') != true)
            problems.Add(new FieldProblem($"{path}.path", FieldProblem.InvalidReason, $"Invalid value: \"{text}\": must be an absolute path"));
    }

    private static bool Selects(JsonObject selector, JsonObject? labels)
    {
        foreach (var (key, value) in selector["matchLabels"] as JsonObject ?? [])
        {
            if (!Json.Same(labels?[key], value))
                return false;
        }
        foreach (var expression in Items(selector["matchExpressions"]))
        {
            var actual = labels?[Json.Text(expression["key"]) ?? ""];
            var values = expression["values"] as JsonArray ?? [];
            var fits = Json.Text(expression["operator"]) switch
            {
                "In" => actual is not null && Json.Contains(values, actual),
                "NotIn" => actual is null || !Json.Contains(values, actual),
                "Exists" => actual is not null,
                "DoesNotExist" => actual is null,
                _ => true,
            };
            if (!fits)
                return false;
        }
        return true;
    }

    private static IEnumerable<JsonObject> Items(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex IsLabel();

    [GeneratedRegex("^[-._a-zA-Z0-9]+\\z", RegexOptions.CultureInvariant)]
    private static partial Regex IsConfigKey();
}
