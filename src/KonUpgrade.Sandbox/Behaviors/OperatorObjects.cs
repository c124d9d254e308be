using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>Reads and makes objects for an operator. A kind that the cluster does not serve has none.</summary>
internal sealed class OperatorObjects(SimulatedCluster cluster)
{
    /// <summary>All objects of a kind, in its storage version.</summary>
    public IEnumerable<JsonObject> All(string group, string plural)
    {
        if (Kind(group, plural) is not { } kind) yield break;
        foreach (StoredObject stored in cluster.Store.Snapshot(kind.Collection).Objects) yield return kind.Read(stored);
    }

    /// <summary>One object, or null.</summary>
    public JsonObject? Find(string group, string plural, string @namespace, string name) =>
        Kind(group, plural) is { } kind && cluster.Store.Find(kind.Collection, StoredObject.KeyOf(@namespace, name)) is { } stored ? kind.Read(stored) : null;

    /// <summary>Makes an object where there is none of its name.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="plural">Its kind.</param>
    /// <param name="namespace">Where; empty for what lives in the cluster.</param>
    /// <param name="name">Its name.</param>
    /// <param name="manager">Who makes it.</param>
    /// <param name="owner">Who owns and controls it, or null.</param>
    /// <param name="content">What it holds beside its name and owner.</param>
    public void Make(string group, string plural, string @namespace, string name, string manager, JsonObject? owner, Func<JsonObject> content)
    {
        if (Kind(group, plural) is not { } kind || cluster.Store.Find(kind.Collection, StoredObject.KeyOf(@namespace, name)) is not null) return;
        JsonObject item = content();
        JsonObject metadata = item["metadata"] as JsonObject ?? [];
        item.Remove("metadata");
        metadata["name"] = name;
        if (@namespace.Length > 0) metadata["namespace"] = @namespace;
        if (owner is not null) metadata["ownerReferences"] = new JsonArray(Reference(owner));
        var whole = new JsonObject { ["apiVersion"] = kind.ApiVersion, ["kind"] = kind.Kind, ["metadata"] = metadata };
        foreach ((string field, JsonNode? value) in item.ToList())
        {
            item.Remove(field);
            whole[field] = value;
        }
        try
        {
            cluster.Writes.Create(kind, @namespace, whole, new WriteOptions { Manager = manager });
        }
        catch (ApiError present) when (present.Code is 403 or 404 or 409)
        {
            // Somebody else was faster, or its namespace goes.
        }
    }

    /// <summary>Changes an object where something is to be changed.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="plural">Its kind.</param>
    /// <param name="namespace">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">Changes it; false where it is as it should be.</param>
    /// <param name="statusManager">Who owns what changes in the status; null when nobody does.</param>
    public void Change(string group, string plural, string @namespace, string name, Func<JsonObject, bool> change, string? statusManager = null)
    {
        if (Kind(group, plural) is { } kind) cluster.Writes.ChangeStored(kind, StoredObject.KeyOf(@namespace, name), change, statusManager);
    }

    private ApiResource? Kind(string group, string plural) => cluster.Catalog.FindPreferred(group, plural) is { } any ? cluster.Catalog.InStorage(any) : null;

    private static JsonObject Reference(JsonObject owner) => new()
    {
        ["apiVersion"] = Metadata.Text(owner, "apiVersion"),
        ["kind"] = Metadata.Text(owner, "kind"),
        ["name"] = Metadata.Name(owner),
        ["uid"] = Metadata.Uid(owner),
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };
}
