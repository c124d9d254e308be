using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Behaviors;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Api;

/// <summary>Deletes objects: at once, or marked until their finalizers and dependents are gone.</summary>
internal sealed class ObjectDeletions(SimulatedCluster cluster)
{
    public const string Foreground = "foregroundDeletion";
    public const string Orphan = "orphan";

    // terminationGracePeriodSeconds of a Pod that says nothing.
    private const long DefaultGrace = 30;

    private static readonly HashSet<string> Protected = new(StringComparer.Ordinal) { "default", "kube-system", "kube-public" };

    // The kinds whose deletion answers with the object; the others answer with a Status.
    private static readonly HashSet<string> AnswerWithObject = new(StringComparer.Ordinal)
    {
        "pods", "services", "serviceaccounts", "persistentvolumeclaims", "persistentvolumes", "namespaces", "resourcequotas", "podtemplates",
        "storageclasses.storage.k8s.io", "csidrivers.storage.k8s.io", "csinodes.storage.k8s.io", "volumeattachments.storage.k8s.io",
    };

    /// <summary>Deletes one object; returns the body of the answer.</summary>
    public JsonObject Delete(ApiResource resource, string @namespace, string name, DeleteOptions options)
    {
        string key = StoredObject.KeyOf(resource.Namespaced ? @namespace : string.Empty, name);
        while (true)
        {
            StoredObject live = cluster.Store.Find(resource.Collection, key) ?? throw resource.NotFound(name);
            JsonObject item = resource.Read(live);
            CheckPreconditions(resource, name, item, options);
            if (resource is { Group.Length: 0, Plural: "namespaces" } && Protected.Contains(name))
                throw ApiError.Forbidden(string.Empty, "namespaces", name, "this namespace may not be deleted");
            if (Try(resource, live, item, options) is { } answer) return answer;
        }
    }

    /// <summary>Deletes an object by the cluster's own hand, if it is still there and still the one.</summary>
    public void DeleteIfThere(ApiResource resource, string @namespace, string name, Propagation? propagation, string uid = "", long? graceSeconds = null)
    {
        using IDisposable by = cluster.Disruptions.Because(cluster.Disruptions.Cause ?? DisruptionCause.Controller);
        try
        {
            Delete(cluster.Catalog.InStorage(resource), @namespace, name, new DeleteOptions { Propagation = propagation, Uid = uid, GracePeriodSeconds = graceSeconds });
        }
        catch (ApiError error) when (error.Code is 404 or 409)
        {
            // Gone or replaced meanwhile: either way it is no longer the one.
        }
    }

    /// <summary>Removes an object that nothing holds; false when someone changed it meanwhile.</summary>
    /// <param name="resource">Its kind.</param>
    /// <param name="live">As it lies in the store.</param>
    /// <param name="stored">Its last state, in the storage version, which is not stored any more.</param>
    public bool Remove(ApiResource resource, StoredObject live, JsonObject stored)
    {
        if (!cluster.Store.Delete(resource.Collection, live)) return false;
        cluster.Kinds.Removed(resource, stored);
        return true;
    }

    private JsonObject? Try(ApiResource resource, StoredObject live, JsonObject item, DeleteOptions options)
    {
        var storage = resource.Convert((JsonObject)item.DeepClone(), resource.ApiVersion, resource.StorageApiVersion);
        bool changed = Mark(resource, storage, options);
        if (ObjectWrites.MayVanish(storage))
        {
            bool withObject = AnswerWithObject.Contains(resource.Collection.Name);
            if (!options.DryRun && !Remove(resource, live, storage)) return null;
            return withObject ? item : Success(resource, item);
        }
        JsonObject answer = resource.Convert((JsonObject)storage.DeepClone(), resource.StorageApiVersion, resource.ApiVersion);
        if (options.DryRun || !changed) return answer;
        if (cluster.Store.Replace(resource.Collection, live, revision => ObjectWrites.Stored(resource, storage, revision)) is not { } marked) return null;
        cluster.Kinds.Committed(resource, marked, storage);
        return resource.Read(marked);
    }

    // Puts the marks of deletion on an object; true when that changed it.
    private bool Mark(ApiResource resource, JsonObject item, DeleteOptions options)
    {
        JsonObject before = (JsonObject)item.DeepClone();
        Propagation propagation = options.Propagation
            ?? (resource is { Group: "batch", Kind: "Job" } or { Group.Length: 0, Kind: "ReplicationController" } ? Propagation.Orphan : Propagation.Background);
        // What was asked for earlier stays, unless this request says otherwise.
        if (options.Propagation is not null || !Metadata.IsTerminating(item))
        {
            Metadata.RemoveFinalizer(item, Foreground);
            Metadata.RemoveFinalizer(item, Orphan);
            // Whether anything is owned is for the collector to find out.
            if (propagation == Propagation.Foreground) Metadata.AddFinalizer(item, Foreground);
            if (propagation == Propagation.Orphan) Metadata.AddFinalizer(item, Orphan);
        }
        if (Metadata.IsTerminating(item))
        {
            if (resource is { Group.Length: 0, Kind: "Pod" }) Shorten(item, options);
        }
        else
        {
            JsonObject metadata = Metadata.Of(item);
            long grace = Grace(resource, item, options);
            bool isDefinition = resource is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" };
            if (isDefinition) CustomResourceDefinitions.Mark(item);
            metadata["deletionTimestamp"] = Metadata.Time(cluster.Now.AddSeconds(grace));
            bool isNamespace = resource is { Group.Length: 0, Plural: "namespaces" };
            if (!isNamespace && !isDefinition) metadata["deletionGracePeriodSeconds"] = grace;
            if (metadata["generation"] is not null && !isDefinition) metadata["generation"] = Metadata.Generation(item) + 1;
            if (isNamespace) NamespaceLife.SetPhase(item, "Terminating");
        }
        return !JsonNode.DeepEquals(before, item);
    }

    // How long an object is there yet after its deletion: only a Pod that somebody runs takes its time.
    private long Grace(ApiResource resource, JsonObject item, DeleteOptions options)
    {
        if (cluster.Plane is null || resource is not { Group.Length: 0, Kind: "Pod" }) return 0;
        JsonObject spec = item["spec"] as JsonObject ?? [];
        bool ends = Metadata.Text(spec, "nodeName").Length > 0 && Metadata.Text(item["status"] as JsonObject ?? [], "phase") is not ("Succeeded" or "Failed");
        if (!ends) return 0;
        long grace = options.GracePeriodSeconds ?? (Json.TryInteger(spec["terminationGracePeriodSeconds"], out long own) ? own : DefaultGrace);
        return grace < 0 ? 1 : grace;
    }

    // Who is going already may be given less time, never more.
    private static void Shorten(JsonObject item, DeleteOptions options)
    {
        JsonObject metadata = Metadata.Of(item);
        long given = Metadata.GracePeriod(item);
        if (options.GracePeriodSeconds is not { } asked) return;
        long grace = asked < 0 ? 1 : asked;
        if (grace >= given) return;
        if (DateTimeOffset.TryParse(Metadata.Text(metadata, "deletionTimestamp"), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out DateTimeOffset end))
            metadata["deletionTimestamp"] = Metadata.Time(end.AddSeconds(grace - given));
        metadata["deletionGracePeriodSeconds"] = grace;
    }

    private static void CheckPreconditions(ApiResource resource, string name, JsonObject item, DeleteOptions options)
    {
        string uid = Metadata.Uid(item), version = Metadata.Text(Metadata.Of(item), "resourceVersion");
        if (options.Uid.Length > 0 && options.Uid != uid)
        {
            throw ApiError.Conflict(resource.Group, resource.Kind, name,
                $"the UID in the precondition ({options.Uid}) does not match the UID in record ({uid}). The object might have been deleted and then recreated");
        }
        if (options.ResourceVersion.Length > 0 && options.ResourceVersion != version)
        {
            throw ApiError.Conflict(resource.Group, resource.Kind, name,
                $"the ResourceVersion in the precondition ({options.ResourceVersion}) does not match the ResourceVersion in record ({version}). The object might have been modified");
        }
    }

    private static JsonObject Success(ApiResource resource, JsonObject item)
    {
        var details = new JsonObject { ["name"] = Metadata.Name(item) };
        if (resource.Group.Length > 0) details["group"] = resource.Group;
        details["kind"] = resource.Plural;
        details["uid"] = Metadata.Uid(item);
        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }
}
