using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>Lays objects into a cluster past the network, but by its rules.</summary>
internal sealed class Seeding(SimulatedCluster cluster, string fieldManager)
{
    private const string SampleName = "00000000";
    private const string SampleUid = "00000000-0000-4000-8000-000000000000";
    private const string SampleRevision = "\"resourceVersion\":\"";

    /// <exception cref="SandboxException">The cluster does not serve the kind, or refuses the object.</exception>
    public void Lay(JsonObject item)
    {
        string apiVersion = Metadata.Text(item, "apiVersion"), kind = Metadata.Text(item, "kind");
        string name = Metadata.Name(item), @namespace = Metadata.Namespace(item);
        if (cluster.Catalog.FindKind(apiVersion, kind) is not { } resource)
            throw new SandboxException($"{cluster.Name} ({cluster.Version.GitVersion}) does not serve {kind} in {apiVersion}: {name} cannot be seeded.");
        if (resource.Namespaced && @namespace.Length == 0) @namespace = "default";
        try
        {
            if (resource.Namespaced) MakeNamespace(@namespace);
            NameOwners(item, @namespace);
            JsonObject copy = (JsonObject)item.DeepClone();
            if (resource is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" }) cluster.Definitions.AcceptAtOnce(copy);
            cluster.Writes.Create(resource, @namespace, copy, new WriteOptions { Manager = fieldManager, Seeding = true, Validation = FieldValidation.Strict });
        }
        catch (ApiError refused)
        {
            throw new SandboxException($"{cluster.Name} refuses the seed {kind} {@namespace}/{name}: {refused.Message}", refused);
        }
    }

    /// <summary>Makes one sample by all the rules, and copies its bytes under other names: 100,000 take a moment.</summary>
    public int LaySamples(int count, string @namespace)
    {
        const string group = "bench.konupgrade.dev", plural = "samples";
        MakeNamespace(@namespace);
        if (cluster.Catalog.Find(group, "v1", plural) is null) Lay(SampleDefinition(group, plural));
        ApiResource resource = cluster.Catalog.Find(group, "v1", plural) ?? throw new SandboxException("The definition of the samples is not served.");
        JsonObject model = cluster.Writes.Create(resource, @namespace, Sample(group, @namespace), new WriteOptions { Manager = fieldManager, Seeding = true, DryRun = true });
        Metadata.Of(model)["uid"] = SampleUid;
        StoredObject template = ObjectWrites.Stored(resource, model, 0);
        string text = Encoding.UTF8.GetString(template.Json);
        int first = cluster.Store.Snapshot(resource.Collection).Objects.Count;
        return cluster.Store.CreateMany(resource.Collection, count, (index, revision) =>
        {
            string number = (first + index).ToString("D8", CultureInfo.InvariantCulture);
            string uid = Guid.NewGuid().ToString();
            string json = text.Replace(SampleUid, uid, StringComparison.Ordinal)
                .Replace($"sample-{SampleName}", $"sample-{number}", StringComparison.Ordinal)
                .Replace($"{SampleRevision}0\"", $"{SampleRevision}{revision.ToString(CultureInfo.InvariantCulture)}\"", StringComparison.Ordinal);
            return new StoredObject
            {
                Key = StoredObject.KeyOf(@namespace, $"sample-{number}"),
                Json = Encoding.UTF8.GetBytes(json),
                TypeLength = template.TypeLength,
                ApiVersion = template.ApiVersion,
                Revision = revision,
                Uid = uid,
            };
        });
    }

    private void MakeNamespace(string name)
    {
        ApiResource namespaces = cluster.BuiltIn(string.Empty, "namespaces");
        if (cluster.Store.Find(namespaces.Collection, name) is not null) return;
        var item = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } };
        cluster.Writes.Create(namespaces, string.Empty, item, new WriteOptions { Manager = fieldManager, Seeding = true });
    }

    // Whoever writes seeds by hand knows an owner's name and not the UID that it will get.
    private void NameOwners(JsonObject item, string @namespace)
    {
        foreach (JsonObject owner in Metadata.OwnerReferences(item))
        {
            if (Metadata.Text(owner, "uid").Length > 0) continue;
            string name = Metadata.Text(owner, "name");
            ApiResource? kind = cluster.Catalog.FindKind(Metadata.Text(owner, "apiVersion"), Metadata.Text(owner, "kind"));
            StoredObject? found = kind is null ? null : cluster.Store.Find(kind.Collection, StoredObject.KeyOf(kind.Namespaced ? @namespace : string.Empty, name));
            owner["uid"] = found?.Uid ?? throw new SandboxException($"The owner {Metadata.Text(owner, "kind")} {name} of {Metadata.Name(item)} is not there: owners are seeded first.");
        }
    }

    private static JsonObject Sample(string group, string @namespace) => new()
    {
        ["apiVersion"] = $"{group}/v1",
        ["kind"] = "Sample",
        ["metadata"] = new JsonObject
        {
            ["name"] = $"sample-{SampleName}",
            ["namespace"] = @namespace,
            ["labels"] = new JsonObject { ["app.kubernetes.io/name"] = "sample", ["app.kubernetes.io/managed-by"] = "sandbox" },
            ["annotations"] = new JsonObject { ["example.com/note"] = "one of many" },
        },
        ["spec"] = new JsonObject
        {
            ["title"] = $"sample-{SampleName}",
            ["replicas"] = 3L,
            ["enabled"] = true,
            ["parameters"] = new JsonObject { ["region"] = "eu-central-1", ["size"] = "small", ["mode"] = "standard" },
            ["steps"] = new JsonArray(
                new JsonObject { ["name"] = "fetch", ["image"] = "registry.example.com/tools/fetch:1.4.2" },
                new JsonObject { ["name"] = "run", ["image"] = "registry.example.com/tools/run:2.0.1" }),
        },
    };

    private static JsonObject SampleDefinition(string group, string plural)
    {
        JsonObject Text() => new() { ["type"] = "string" };
        JsonObject Object(JsonObject properties) => new() { ["type"] = "object", ["properties"] = properties };
        var spec = Object(new JsonObject
        {
            ["title"] = Text(),
            ["replicas"] = new JsonObject { ["type"] = "integer" },
            ["enabled"] = new JsonObject { ["type"] = "boolean" },
            ["parameters"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = Text() },
            ["steps"] = new JsonObject { ["type"] = "array", ["items"] = Object(new JsonObject { ["name"] = Text(), ["image"] = Text() }) },
        });
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{plural}.{group}" },
            ["spec"] = new JsonObject
            {
                ["group"] = group,
                ["scope"] = "Namespaced",
                ["names"] = new JsonObject { ["plural"] = plural, ["singular"] = "sample", ["kind"] = "Sample", ["listKind"] = "SampleList" },
                ["versions"] = new JsonArray(new JsonObject
                {
                    ["name"] = "v1",
                    ["served"] = true,
                    ["storage"] = true,
                    ["schema"] = new JsonObject { ["openAPIV3Schema"] = Object(new JsonObject { ["spec"] = spec }) },
                }),
            },
        };
    }
}
