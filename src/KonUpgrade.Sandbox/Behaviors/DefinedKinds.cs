using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>The kinds that the CRDs of a cluster bring.</summary>
internal sealed class DefinedKinds(SimulatedCluster cluster)
{
    private static readonly string[] Verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

    private static readonly string[] Offerable = ["scale", "status"];

    // A schema is read once for each state of a CRD's specification.
    private readonly ConcurrentDictionary<string, Built> _built = new(StringComparer.Ordinal);

    /// <summary>Every kind of every established CRD, in each version that is served.</summary>
    /// <param name="kind">The kind of the CRDs themselves.</param>
    public IReadOnlyList<ApiResource> Served(ApiResource kind)
    {
        var served = new List<ApiResource>();
        foreach (StoredObject stored in cluster.Store.Snapshot(kind.Collection).Objects)
        {
            if (!_built.TryGetValue(stored.Key, out Built? known) || !ReferenceEquals(known.Of, stored))
            {
                JsonObject definition = kind.Read(stored);
                // The same specification stays the same instance, by which its watches know that they may go on.
                JsonNode spec = known is not null && known.Of.Uid == stored.Uid && JsonNode.DeepEquals(known.Spec, definition["spec"]) ? known.Spec : definition["spec"]!.DeepClone();
                IReadOnlyList<ApiResource> resources = DefinitionFields.IsEstablished(definition) ? Resources(stored, definition, spec, known) : [];
                _built[stored.Key] = known = new Built(stored, spec, resources);
            }
            served.AddRange(known.Resources);
        }
        return served;
    }

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
        string plural = Metadata.Text(names, "plural"), storage = $"{group}/{DefinitionFields.StorageVersion(definition)}";
        JsonObject[] versions = [.. DefinitionFields.Versions(spec)];
        var schemas = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        foreach (JsonObject version in versions)
            schemas[$"{group}/{Metadata.Text(version, "name")}"] = DefinitionFields.SchemaOf(version, loose, string.Empty, cluster.Version.Minor).Schema ?? SchemaNode.Anything;
        bool webhook = Metadata.Text(spec["conversion"] as JsonObject ?? [], "strategy") == "Webhook";
        var resources = new List<ApiResource>();
        foreach (JsonObject version in versions.Where(version => DefinitionFields.IsSet(version, "served")))
        {
            string apiVersion = $"{group}/{Metadata.Text(version, "name")}";
            var subresources = version["subresources"] as JsonObject;
            string[] offered = [.. Offerable.Where(name => subresources?[name] is not null)];
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
                Subresources = offered,
                Scale = ScaleFields.Of(subresources?["scale"] as JsonObject),
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
                        Subresources = offered,
                        HomeGroup = group,
                    },
                },
                Collection = cluster.Store.Collection($"{plural}.{group}"),
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

    private static bool HasRules(JsonNode? schema) => schema switch
    {
        JsonObject map => map["x-kubernetes-validations"] is JsonArray { Count: > 0 } || map.Any(member => HasRules(member.Value)),
        JsonArray list => list.Any(HasRules),
        _ => false,
    };

    /// <summary>The kinds that one state of a CRD brings.</summary>
    private sealed record Built(StoredObject Of, JsonNode Spec, IReadOnlyList<ApiResource> Resources);
}
