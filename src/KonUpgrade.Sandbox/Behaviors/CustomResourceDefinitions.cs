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
    private readonly ConcurrentDictionary<string, Built> _built = new(StringComparer.Ordinal);

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

    /// <param name="definition">In its storage version.</param>
    /// <param name="strict">It came as v1, which refuses what v1beta1 let pass.</param>
    public IReadOnlyList<StatusCause> PrepareCreate(JsonObject definition, bool strict)
    {
        IReadOnlyList<StatusCause> causes = Check(definition, strict);
        definition["status"] ??= new JsonObject
        {
            ["acceptedNames"] = new JsonObject { ["kind"] = string.Empty, ["plural"] = string.Empty },
            ["conditions"] = new JsonArray(),
            ["storedVersions"] = new JsonArray(StorageVersion(definition)),
        };
        return causes;
    }

    public IReadOnlyList<StatusCause> PrepareUpdate(JsonObject before, JsonObject after, bool strict)
    {
        var causes = new List<StatusCause>(Check(after, strict));
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

    /// <summary>A CRD is to go: it stays, marked, until its objects are gone.</summary>
    public static void Mark(JsonObject definition)
    {
        Metadata.AddFinalizer(definition, Finalizer);
        if (definition["status"] is not JsonObject status) definition["status"] = status = [];
        if (status["conditions"] is not JsonArray conditions) status["conditions"] = conditions = [];
        conditions.Add((JsonNode)Condition("Terminating", true, "InstanceDeletionPending", "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"));
    }

    /// <summary>Accepts the names of a CRD and has it served.</summary>
    public void Establish(string name)
        // What the server writes into the status is its own, and shows among the managers.
        => cluster.Writes.ChangeStored(
            Kind,
            name,
            definition =>
            {
                if (Metadata.IsTerminating(definition) || IsEstablished(definition)) return false;
                Accept(definition);
                return true;
            },
            statusManager: "kube-apiserver");

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
        if (rival is null)
        {
            status["acceptedNames"] = names.DeepClone();
            status["conditions"] = new JsonArray(
                Condition("NamesAccepted", true, "NoConflicts", "no conflicts found"),
                Condition("Established", true, "InitialNamesAccepted", "the initial names have been accepted"));
        }
        else
        {
            status["acceptedNames"] ??= new JsonObject { ["kind"] = string.Empty, ["plural"] = string.Empty };
            status["conditions"] = new JsonArray(
                Condition("NamesAccepted", false, "KindConflict", $"\"{rival}\" is already in use"),
                Condition("Established", false, "NotAccepted", "not all names are accepted"));
        }
        string[] faults = [.. Versions((JsonObject)definition["spec"]!).SelectMany(version => SchemaOf(version, loose: true, "spec.validation.openAPIV3Schema").Problems).Select(problem => problem.ToString()).Distinct()];
        if (faults.Length > 0)
            ((JsonArray)status["conditions"]!).Add((JsonNode)Condition("NonStructuralSchema", true, "Violations", string.Join(", ", faults)));
        if (Metadata.Strings(status, "storedVersions").Count == 0) status["storedVersions"] = new JsonArray(StorageVersion(definition));
    }

    /// <summary>Every kind of every established CRD, in each version that is served.</summary>
    public IReadOnlyList<ApiResource> Served()
    {
        var served = new List<ApiResource>();
        ApiResource kind = Kind;
        foreach (StoredObject stored in cluster.Store.Snapshot(kind.Collection).Objects)
        {
            if (!_built.TryGetValue(stored.Key, out Built? known) || !ReferenceEquals(known.Of, stored))
            {
                JsonObject definition = kind.Read(stored);
                // The same specification stays the same instance, by which its watches know that they may go on.
                JsonNode spec = known is not null && known.Of.Uid == stored.Uid && JsonNode.DeepEquals(known.Spec, definition["spec"]) ? known.Spec : definition["spec"]!.DeepClone();
                IReadOnlyList<ApiResource> resources = IsEstablished(definition) ? Resources(stored, definition, spec, known) : [];
                _built[stored.Key] = known = new Built(stored, spec, resources);
            }
            served.AddRange(known.Resources);
        }
        return served;
    }

    /// <summary>Where the objects of a CRD lie.</summary>
    public Collection Objects(string name) => cluster.Store.Collection(name);

    private IReadOnlyList<ApiResource> Resources(StoredObject stored, JsonObject definition, JsonNode of, Built? known)
    {
        var spec = (JsonObject)definition["spec"]!;
        bool same = known is { Resources.Count: > 0 } && ReferenceEquals(known.Spec, of);
        if (same && known!.Of.Terminating == stored.Terminating) return known.Resources;
        if (!same && HasRules(spec))
            cluster.Settings.Log.WriteLine($"{cluster.Name}: x-kubernetes-validations (CEL) of {stored.Key} are not evaluated: what they would refuse is taken.");
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
                Described = new ServedResource
                {
                    Group = group,
                    Version = Metadata.Text(version, "name"),
                    Schema = schemas[apiVersion],
                    StorageVersion = apiVersion == storage,
                    Kind = new BuiltInKind
                    {
                        Kind = Metadata.Text(names, "kind"),
                        ListKind = Metadata.Text(names, "listKind"),
                        Plural = plural,
                        Singular = Metadata.Text(names, "singular"),
                        Namespaced = Metadata.Text(spec, "scope") == "Namespaced",
                        Verbs = Verbs,
                        Subresources = subresources?["status"] is null ? [] : ["status"],
                        HomeGroup = group,
                    },
                },
                Collection = Objects($"{plural}.{group}"),
                StorageApiVersion = storage,
                IsTerminating = stored.Terminating,
                Definition = of,
                Convert = (item, from, to) => ConvertCustom(item, from, to, schemas, webhook),
            });
        }
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

    private List<StatusCause> Check(JsonObject definition, bool strict)
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
        if (!strict) return causes;
        if (IsSet(spec, "preserveUnknownFields"))
            causes.Add(new("FieldValueInvalid", "Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead", "spec.preserveUnknownFields"));
        for (int i = 0; i < versions.Length; i++)
        {
            // A server keeps a schema that all versions share in one place, and speaks of it there.
            string path = versions.Length == 1 ? "spec.validation.openAPIV3Schema" : $"spec.versions[{i}].schema.openAPIV3Schema";
            if (versions[i]["schema"]?["openAPIV3Schema"] is not JsonObject)
            {
                causes.Add(new("FieldValueRequired", "Required value: schemas are required", $"spec.versions[{i}].schema.openAPIV3Schema"));
                continue;
            }
            causes.AddRange(SchemaOf(versions[i], loose: false, path).Problems.Select(problem => new StatusCause(problem.Reason, problem.Message, problem.Path)));
        }
        return causes;
    }

    private static JsonObject Condition(string type, bool holds, string reason, string message) => new()
    {
        ["lastTransitionTime"] = Metadata.Time(DateTimeOffset.UtcNow),
        ["message"] = message,
        ["reason"] = reason,
        ["status"] = holds ? "True" : "False",
        ["type"] = type,
    };

    /// <summary>The kinds that one state of a CRD brings.</summary>
    private sealed record Built(StoredObject Of, JsonNode Spec, IReadOnlyList<ApiResource> Resources);

    // Two CRDs of one group cannot share a kind or a plural.
    private string? Rival(JsonObject definition)
    {
        JsonObject spec = (JsonObject)definition["spec"]!, names = (JsonObject)spec["names"]!;
        string group = Metadata.Text(spec, "group"), kind = Metadata.Text(names, "kind"), own = Metadata.Name(definition);
        return cluster.Catalog.Resources.FirstOrDefault(other => other.Group == group && other.Kind == kind && $"{other.Plural}.{other.Group}" != own)?.Kind;
    }

    private (SchemaNode? Schema, IReadOnlyList<FieldProblem> Problems) SchemaOf(JsonObject version, bool loose, string path = "")
        => CrdSchema.FromOpenApi(version["schema"]?["openAPIV3Schema"] as JsonObject, loose, path, cluster.Version.Minor);

    private static IEnumerable<JsonObject> Versions(JsonObject spec) => (spec["versions"] as JsonArray ?? []).OfType<JsonObject>();

    private static string StorageVersion(JsonObject definition)
        => Versions((JsonObject)definition["spec"]!).Where(version => IsSet(version, "storage")).Select(version => Metadata.Text(version, "name")).FirstOrDefault() ?? string.Empty;

    private static bool HasRules(JsonNode? schema) => schema switch
    {
        JsonObject map => map["x-kubernetes-validations"] is JsonArray { Count: > 0 } || map.Any(member => HasRules(member.Value)),
        JsonArray list => list.Any(HasRules),
        _ => false,
    };

    private static bool IsSet(JsonObject holder, string field) => holder[field] is JsonValue value && value.TryGetValue(out bool set) && set;

    private static bool IsEstablished(JsonObject definition)
        => definition["status"]?["conditions"] is JsonArray conditions
        && conditions.OfType<JsonObject>().Any(condition => Metadata.Text(condition, "type") == "Established" && Metadata.Text(condition, "status") == "True");
}
