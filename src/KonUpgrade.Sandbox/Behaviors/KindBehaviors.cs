using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Pods;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>What an API server does for single kinds beyond their schema, before and after an object is stored.</summary>
internal sealed class KindBehaviors(SimulatedCluster cluster)
{
    private const string ClaimInUse = "kubernetes.io/pvc-protection";
    private const string VolumeInUse = "kubernetes.io/pv-protection";

    private static readonly SearchValues<char> Base64Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n");

    private readonly ServiceAddresses _services = new(cluster);

    /// <summary>Folds fields that are only for writing into those that are kept. The object is in the request's version.</summary>
    public static void Normalize(ApiResource resource, JsonObject item)
    {
        if (resource is { Group.Length: 0, Kind: "Secret" }) FoldStringData(item);
        if (resource is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" }) CustomResourceDefinitions.FillNames(item);
    }

    /// <summary>Readies a new object, in its storage version; returns what is wrong with it.</summary>
    public IReadOnlyList<StatusCause> PrepareCreate(ApiResource resource, JsonObject stored, WriteOptions options)
    {
        switch (resource.Group, resource.Kind)
        {
            case ("", "Namespace"):
                NamespaceLife.PrepareCreate(stored);
                return [];
            case ("", "PersistentVolumeClaim"):
                if (!options.Seeding) stored["status"] = new JsonObject { ["phase"] = "Pending" };
                Metadata.AddFinalizer(stored, ClaimInUse);
                return [];
            case ("", "PersistentVolume"):
                if (!options.Seeding) stored["status"] = new JsonObject { ["phase"] = "Pending" };
                Metadata.AddFinalizer(stored, VolumeInUse);
                return [];
            case ("", "Pod"):
                if (!options.Seeding) stored["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = PodAdmission.QualityOfService(stored) };
                if (cluster.Plane is not null) PodAdmission.Complete(stored);
                return [];
            // A seeded Job is as it was in the cluster it is copied from.
            case ("batch", "Job") when !options.Seeding:
                return JobSelector.Generate(stored, cluster.Version.Minor).Select(problem => new StatusCause(problem.Reason, problem.Message, problem.Path)).ToArray();
            case ("apiextensions.k8s.io", "CustomResourceDefinition"):
                return cluster.Definitions.PrepareCreate(stored, resource.Version == "v1");
            default:
                return [];
        }
    }

    /// <summary>Readies the new state of an object, in its storage version; returns what is wrong with it.</summary>
    public IReadOnlyList<StatusCause> PrepareUpdate(ApiResource resource, JsonObject before, JsonObject after, string subresource)
    {
        if (subresource.Length > 0) return [];
        var causes = new List<StatusCause>(FixedFields.Check(resource, before, after));
        switch (resource.Group, resource.Kind)
        {
            case ("", "Namespace"):
                NamespaceLife.PrepareUpdate(before, after);
                break;
            case ("apiextensions.k8s.io", "CustomResourceDefinition"):
                causes.AddRange(cluster.Definitions.PrepareUpdate(before, after, resource.Version == "v1"));
                break;
        }
        return causes;
    }

    /// <summary>
    /// Gives an object in its storage version what the cluster has only once, before anything else is judged: that is
    /// the order of a real server. Null for what needs nothing of the kind.
    /// </summary>
    /// <param name="resource">Its kind.</param>
    /// <param name="before">What it was; null for a new one.</param>
    /// <param name="after">What it is to be; it is filled in.</param>
    /// <param name="subresource">What the request writes to.</param>
    /// <param name="dryRun">Nothing is held.</param>
    public ServiceAllocation? Allocate(ApiResource resource, JsonObject? before, JsonObject after, string subresource, bool dryRun)
        => resource is { Group.Length: 0, Kind: "Service" } && subresource.Length == 0 ? _services.Allocate(before, after, dryRun) : null;

    /// <summary>An object was created or changed.</summary>
    /// <param name="resource">Its kind.</param>
    /// <param name="stored">As it lies in the store.</param>
    /// <param name="item">The same, to be read.</param>
    /// <param name="sameOwners">It names the owners that it named before.</param>
    public void Committed(ApiResource resource, StoredObject stored, JsonObject item, bool sameOwners = false)
    {
        switch (resource.Group, resource.Kind)
        {
            case ("", "Namespace"):
                cluster.Controllers.NamespaceChanged(stored.Key, stored.Terminating);
                break;
            case ("apiextensions.k8s.io", "CustomResourceDefinition"):
                cluster.Definitions.Changed(stored, item);
                break;
        }
        if (stored.Owners.Length > 0 && !sameOwners) cluster.Controllers.Owned(resource, stored.Key);
        if (!stored.Terminating) return;
        cluster.Controllers.Terminating(resource, stored.Key);
        // No Pod runs here that could be using it.
        if (resource is { Group.Length: 0, Kind: "PersistentVolumeClaim" or "PersistentVolume" })
            cluster.Controllers.Unprotect(resource, stored.Key, resource.Kind == "PersistentVolume" ? VolumeInUse : ClaimInUse);
    }

    /// <summary>An object is gone.</summary>
    public void Removed(ApiResource resource, JsonObject item)
    {
        if (resource is { Group.Length: 0, Kind: "Service" }) _services.Release(item);
        if (resource is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" }) cluster.RefreshCatalog();
        cluster.Controllers.Removed(item);
    }

    /// <summary>A namespace must be there, and not be going, for something to be created in it.</summary>
    public void RequireNamespace(string @namespace, ApiResource resource, string name)
    {
        ApiResource namespaces = cluster.BuiltIn(string.Empty, "namespaces");
        StoredObject found = cluster.Store.Find(namespaces.Collection, @namespace) ?? throw ApiError.NotFound(string.Empty, "namespaces", @namespace);
        if (found.Terminating)
        {
            throw ApiError.Forbidden(
                resource.Group,
                resource.Plural,
                name,
                $"unable to create new content in namespace {@namespace} because it is being terminated",
                new StatusCause("NamespaceTerminating", $"namespace {@namespace} is being terminated", "metadata.namespace"));
        }
    }

    /// <summary>What of an object cannot be decoded although its JSON types are right: bytes that are no base64.</summary>
    public static string? UndecodableField(ApiResource resource, JsonObject item)
    {
        if (resource.Group.Length > 0 || resource.Kind is not ("Secret" or "ConfigMap")) return null;
        if (item[resource.Kind == "Secret" ? "data" : "binaryData"] is not JsonObject data) return null;
        foreach ((_, JsonNode? value) in data)
        {
            if (value is not JsonValue text || text.GetValueKind() != JsonValueKind.String) continue;
            string encoded = text.GetValue<string>();
            int bad = encoded.AsSpan().IndexOfAnyExcept(Base64Letters);
            if (bad >= 0) return $"illegal base64 data at input byte {bad}";
            if (!Convert.TryFromBase64String(encoded, new byte[encoded.Length], out int _)) return $"illegal base64 data at input byte {encoded.Length - encoded.Length % 4}";
        }
        return null;
    }

    private static void FoldStringData(JsonObject secret)
    {
        if (secret["stringData"] is not JsonObject text) return;
        JsonObject data = secret["data"] as JsonObject ?? [];
        foreach ((string key, JsonNode? value) in text)
        {
            if (value is JsonValue plain && plain.GetValueKind() == JsonValueKind.String)
                data[key] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(plain.GetValue<string>()));
        }
        secret["data"] = data.Parent is null ? data : data.DeepClone();
        secret.Remove("stringData");
    }
}
