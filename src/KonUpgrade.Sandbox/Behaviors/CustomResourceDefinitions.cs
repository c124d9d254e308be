using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>CRDs: what is wrong with one, when it is established, and the kinds that it brings.</summary>
internal sealed class CustomResourceDefinitions(SimulatedCluster cluster)
{
    public const string Finalizer = "customresourcecleanup.apiextensions.k8s.io";

    private static readonly string[] Verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

    // A schema is read once for each state of a CRD's specification.
    private readonly ConcurrentDictionary<string, (JsonNode Spec, IReadOnlyList<ApiResource> Resources)> _built = new(StringComparer.Ordinal);

    private ApiResource Kind => cluster.BuiltIn("apiextensions.k8s.io", "customresourcedefinitions");

    /// <summary>The names that a server fills in itself.</summary>
    public static void FillNames(JsonObject definition)
    {
        if (definition["spec"] is not JsonObject spec || spec["names"] is not JsonObject names) return;
        string kind = Metadata.Text(names, "kind");
        if (kind.Length == 0) return;
        if (Metadata.Text(names, "singular").Length == 0) names["singular"] = kind.ToLowerInvariant();
        if (Metadata.Text(names, "listKind").Length == 0) names["listKind"] = $"{kind}List";
    }

    public IReadOnlyList<StatusCause> PrepareCreate(JsonObject definition)
    {
        IReadOnlyList<StatusCause> causes = Check(definition);
        definition["status"] ??= new JsonObject
        {
            ["acceptedNames"] = new JsonObject { ["kind"] = string.Empty, ["plural"] = string.Empty },
            ["conditions"] = new JsonArray(),
            ["storedVersions"] = new JsonArray(StorageVersion(definition)),
        };
        return causes;
    }

    public IReadOnlyList<StatusCause> PrepareUpdate(JsonObject before, JsonObject after)
    {
        var causes = new List<StatusCause>(Check(after));
        if (causes.Count > 0) return causes;
        JsonObject old = (JsonObject)before["spec"]!, spec = (JsonObject)after["spec"]!;
        if (IsEstablished(before))
        {
            foreach (string field in (ReadOnlySpan<string>)["group", "scope"])
            {
                if (Metadata.Text(old, field) != Metadata.Text(spec, field))
                    causes.Add(new("FieldValueInvalid", $"Invalid value: \"{Metadata.Text(spec, field)}\": field is immutable", $"spec.{field}"));
            }
        }
        if (after["status"] is JsonObject status)
        {
            IReadOnlyList<string> stored = Metadata.Strings(status, "storedVersions");
            HashSet<string> present = [.. Versions(spec).Select(version => Metadata.Text(version, "name"))];
            for (int i = 0; i < stored.Count; i++)
            {
                if (!present.Contains(stored[i]))
                    causes.Add(new("FieldValueInvalid", $"Invalid value: \"{stored[i]}\": must appear in spec.versions", $"status.storedVersions[{i}]"));
            }
            string storage = StorageVersion(after);
            if (!stored.Contains(storage)) status["storedVersions"] = new JsonArray([.. stored.Append(storage).Select(version => (JsonNode?)version)]);
        }
        return causes;
    }

    /// <summary>A CRD was stored: establish it when that is still to be done, serve it when it has been.</summary>
    public void Changed(StoredObject stored, JsonObject definition)
    {
        cluster.RefreshCatalog();
        if (!IsEstablished(definition) && !stored.Terminating) cluster.Controllers.Establish(stored.Key);
    }

    /// <summary>Accepts the names of a CRD and has it served.</summary>
    public void Establish(string name)
        => cluster.Writes.ChangeStored(Kind, name, definition =>
        {
            if (Metadata.IsTerminating(definition) || IsEstablished(definition)) return false;
            Accept(definition);
            return true;
        });

    /// <summary>For a seed, which is served as soon as it lies in the store.</summary>
    public void AcceptAtOnce(JsonObject definition)
    {
        if (Metadata.Text(definition, "apiVersion") != "apiextensions.k8s.io/v1" || definition["spec"]?["names"] is not JsonObject) return;
        FillNames(definition);
        Accept(definition);
    }

    /// <summary>Sets status and finalizer as the server's own controllers do.</summary>
    public void Accept(JsonObject definition)
    {
        JsonObject names = (JsonObject)definition["spec"]!["names"]!;
        if (definition["status"] is not JsonObject status) definition["status"] = status = [];
        string? rival = Rival(definition);
        string now = Metadata.Time(DateTimeOffset.UtcNow);
        JsonObject Condition(string type, bool holds, string reason, string message) => new()
        {
            ["lastTransitionTime"] = now,
            ["message"] = message,
            ["reason"] = reason,
            ["status"] = holds ? "True" : "False",
            ["type"] = type,
        };
        if (rival is null)
        {
            status["acceptedNames"] = names.DeepClone();
            status["conditions"] = new JsonArray(
                Condition("NamesAccepted", true, "NoConflicts", "no conflicts found"),
                Condition("Established", true, "InitialNamesAccepted", "the initial names have been accepted"));
            Metadata.AddFinalizer(definition, Finalizer);
        }
        else
        {
            status["acceptedNames"] ??= new JsonObject { ["kind"] = string.Empty, ["plural"] = string.Empty };
            status["conditions"] = new JsonArray(
                Condition("NamesAccepted", false, "KindConflict", $"\"{rival}\" is already in use"),
                Condition("Established", false, "NotAccepted", "not all names are accepted"));
        }
        if (Metadata.Strings(status, "storedVersions").Count == 0) status["storedVersions"] = new JsonArray(StorageVersion(definition));
    }

    /// <summary>Every kind of every established CRD, in each version that is served.</summary>
    public IReadOnlyList<ApiResource> Served()
    {
        var served = new List<ApiResource>();
        ApiResource kind = Kind;
        foreach (StoredObject stored in cluster.Store.Snapshot(kind.Collection).Objects)
        {
            JsonObject definition = kind.Read(stored);
            if (!IsEstablished(definition)) continue;
            served.AddRange(Resources(stored, definition));
        }
        return served;
    }

    /// <summary>Where the objects of a CRD lie.</summary>
    public Collection Objects(string name) => cluster.Store.Collection(name);

    private IReadOnlyList<ApiResource> Resources(StoredObject stored, JsonObject definition)
    {
        var spec = (JsonObject)definition["spec"]!;
        if (!stored.Terminating && _built.TryGetValue(stored.Uid, out (JsonNode Spec, IReadOnlyList<ApiResource> Resources) known) && JsonNode.DeepEquals(known.Spec, spec))
            return known.Resources;
        string group = Metadata.Text(spec, "group");
        var names = (JsonObject)spec["names"]!;
        bool loose = spec["preserveUnknownFields"] is JsonValue flag && flag.TryGetValue(out bool preserve) && preserve;
        string plural = Metadata.Text(names, "plural"), storage = $"{group}/{StorageVersion(definition)}";
        JsonObject[] versions = [.. Versions(spec)];
        var schemas = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        foreach (JsonObject version in versions)
            schemas[$"{group}/{Metadata.Text(version, "name")}"] = SchemaOf(version, loose).Schema ?? SchemaNode.Anything;
        bool webhook = Metadata.Text(spec["conversion"] as JsonObject ?? [], "strategy") == "Webhook";
        var resources = new List<ApiResource>();
        foreach (JsonObject version in versions.Where(version => IsSet(version, "served")))
        {
            string apiVersion = $"{group}/{Metadata.Text(version, "name")}";
            var subresources = version["subresources"] as JsonObject;
            resources.Add(new ApiResource
            {
                Group = group,
                Version = Metadata.Text(version, "name"),
                Plural = plural,
                Singular = Metadata.Text(names, "singular"),
                Kind = Metadata.Text(names, "kind"),
                ListKind = Metadata.Text(names, "listKind"),
                Namespaced = Metadata.Text(spec, "scope") == "Namespaced",
                ShortNames = Metadata.Strings(names, "shortNames"),
                Categories = Metadata.Strings(names, "categories"),
                Verbs = Verbs,
                Subresources = subresources?["status"] is null ? [] : ["status"],
                Schema = schemas[apiVersion],
                IsCustom = true,
                Collection = Objects($"{plural}.{group}"),
                StorageApiVersion = storage,
                IsTerminating = stored.Terminating,
                Convert = (item, from, to) => ConvertCustom(item, from, to, schemas, webhook),
            });
        }
        if (!stored.Terminating) _built[stored.Uid] = (spec.DeepClone(), resources);
        return resources;
    }

    private static JsonObject ConvertCustom(JsonObject item, string from, string to, Dictionary<string, SchemaNode> schemas, bool webhook)
    {
        if (from == to) return item;
        item["apiVersion"] = to;
        if (!schemas.TryGetValue(to, out SchemaNode? schema)) return item;
        IReadOnlyList<string> lost = UnknownFields.Prune(item, schema);
        if (webhook && lost.Count > 0)
            throw ApiError.NotModelled($"conversion webhooks: {from} and {to} differ in {lost[0]}");
        SchemaDefaults.Apply(item, schema);
        return item;
    }

    private List<StatusCause> Check(JsonObject definition)
    {
        var causes = new List<StatusCause>();
        if (definition["spec"] is not JsonObject spec || spec["names"] is not JsonObject names) return causes;
        string group = Metadata.Text(spec, "group"), plural = Metadata.Text(names, "plural"), name = Metadata.Name(definition);
        if (name != $"{plural}.{group}")
            causes.Add(new("FieldValueInvalid", $"Invalid value: \"{name}\": must be spec.names.plural+\".\"+spec.group", "metadata.name"));
        if (!group.Contains('.', StringComparison.Ordinal))
            causes.Add(new("FieldValueInvalid", $"Invalid value: \"{group}\": should be a domain with at least one dot", "spec.group"));
        JsonObject[] versions = [.. Versions(spec)];
        int storages = versions.Count(version => IsSet(version, "storage"));
        if (storages != 1)
            causes.Add(new("FieldValueInvalid", "Invalid value: must have exactly one version marked as storage version", "spec.versions"));
        if (versions.Select(version => Metadata.Text(version, "name")).Distinct().Count() != versions.Length)
            causes.Add(new("FieldValueInvalid", "Invalid value: must contain unique version names", "spec.versions"));
        if (IsSet(spec, "preserveUnknownFields"))
            causes.Add(new("FieldValueInvalid", "Invalid value: true: must be false in order to use defaults in the schema, cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead", "spec.preserveUnknownFields"));
        for (int i = 0; i < versions.Length; i++)
        {
            string path = $"spec.versions[{i}].schema.openAPIV3Schema";
            if (versions[i]["schema"]?["openAPIV3Schema"] is not JsonObject)
            {
                causes.Add(new("FieldValueRequired", "Required value: schemas are required", path));
                continue;
            }
            causes.AddRange(SchemaOf(versions[i], loose: false).Problems
                .Select(problem => new StatusCause(problem.Reason, problem.Message, problem.Path.Length == 0 ? path : $"{path}.{problem.Path}")));
        }
        return causes;
    }

    // Two CRDs of one group cannot share a kind or a plural.
    private string? Rival(JsonObject definition)
    {
        JsonObject spec = (JsonObject)definition["spec"]!, names = (JsonObject)spec["names"]!;
        string group = Metadata.Text(spec, "group"), kind = Metadata.Text(names, "kind"), own = Metadata.Name(definition);
        return cluster.Catalog.Resources.FirstOrDefault(other => other.Group == group && other.Kind == kind && $"{other.Plural}.{other.Group}" != own)?.Kind;
    }

    private (SchemaNode? Schema, IReadOnlyList<FieldProblem> Problems) SchemaOf(JsonObject version, bool loose)
        => (new SchemaNode
        {
            Type = SchemaType.Object,
            PreserveUnknownFields = true,
            Properties = new Dictionary<string, SchemaNode>
            {
                ["apiVersion"] = new() { Type = SchemaType.String },
                ["kind"] = new() { Type = SchemaType.String },
                ["metadata"] = BuiltInKinds.ObjectMeta(cluster.Version.Minor),
            },
        }, []);

    private static IEnumerable<JsonObject> Versions(JsonObject spec) => (spec["versions"] as JsonArray ?? []).OfType<JsonObject>();

    private static string StorageVersion(JsonObject definition)
        => Versions((JsonObject)definition["spec"]!).Where(version => IsSet(version, "storage")).Select(version => Metadata.Text(version, "name")).FirstOrDefault() ?? string.Empty;

    private static bool IsSet(JsonObject holder, string field) => holder[field] is JsonValue value && value.TryGetValue(out bool set) && set;

    private static bool IsEstablished(JsonObject definition)
        => definition["status"]?["conditions"] is JsonArray conditions
        && conditions.OfType<JsonObject>().Any(condition => Metadata.Text(condition, "type") == "Established" && Metadata.Text(condition, "status") == "True");
}
