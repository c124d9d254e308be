using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Velero.Server;

/// <summary>The objects of a server's own API: past the network, but by the cluster's rules.</summary>
internal sealed class VeleroObjects(SimulatedCluster cluster, string @namespace)
{
    public const string Group = "velero.io";

    /// <summary>Who the server is in managedFields.</summary>
    public const string Manager = "velero-server";

    public JsonObject? Find(string plural, string name)
        => Kind(plural) is { } kind && cluster.Store.Find(kind.Collection, StoredObject.KeyOf(@namespace, name)) is { } stored ? kind.Read(stored) : null;

    /// <summary>All of a kind, the oldest first.</summary>
    public IReadOnlyList<JsonObject> All(string plural)
    {
        if (Kind(plural) is not { } kind) return [];
        return [.. cluster.Store.Snapshot(kind.Collection).Objects
            .Where(stored => stored.Namespace.SequenceEqual(@namespace))
            .Select(kind.Read)
            .OrderBy(item => Metadata.Text(Metadata.Of(item), "creationTimestamp"), StringComparer.Ordinal)
            .ThenBy(Metadata.Name, StringComparer.Ordinal)];
    }

    /// <summary>Changes an object by a merge patch; null when it is gone or another one by now.</summary>
    public JsonObject? Patch(string plural, JsonObject seen, JsonObject patch)
    {
        if (Kind(plural) is not { } kind) return null;
        try
        {
            if (patch["metadata"] is not JsonObject metadata) patch["metadata"] = metadata = [];
            metadata["uid"] = Metadata.Uid(seen);
            return cluster.Writes.Patch(kind, @namespace, Metadata.Name(seen), string.Empty, patch, strategic: false, new WriteOptions { Manager = Manager });
        }
        catch (ApiError gone) when (gone.Code is 404 or 409)
        {
            return null;
        }
    }

    /// <summary>Changes the status of an object; null when it is gone or another one by now.</summary>
    public JsonObject? PatchStatus(string plural, JsonObject seen, JsonObject status) => Patch(plural, seen, new JsonObject { ["status"] = status });

    /// <summary>Makes an object; null when there is one of this name, or its kind is not served.</summary>
    public JsonObject? Create(string plural, JsonObject item)
    {
        if (Kind(plural) is not { } kind) return null;
        item["apiVersion"] = kind.ApiVersion;
        item["kind"] = kind.Kind;
        try
        {
            return cluster.Writes.Create(kind, @namespace, item, new WriteOptions { Manager = Manager });
        }
        catch (ApiError taken) when (taken.Reason == "AlreadyExists")
        {
            return null;
        }
    }

    public void Delete(string plural, JsonObject seen)
    {
        if (Kind(plural) is { } kind) cluster.Deletions.DeleteIfThere(kind, @namespace, Metadata.Name(seen), null, Metadata.Uid(seen));
    }

    /// <summary>The phase in an object's status; <c>New</c> where there is none yet.</summary>
    public static string PhaseOf(JsonObject item) => Json.Text((item["status"] as JsonObject)?["phase"]) is { Length: > 0 } phase ? phase : "New";

    /// <summary>spec, made where there is none.</summary>
    public static JsonObject SpecOf(JsonObject item) => DataPlane.Fields.Made(item, "spec");

    private ApiResource? Kind(string plural) => cluster.Catalog.Find(Group, "v1", plural);
}
