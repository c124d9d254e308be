using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;
using KonUpgrade.Sandbox.Velero.Buckets;
using KonUpgrade.Sandbox.Velero.Runs;
using KonUpgrade.Sandbox.Velero.Selecting;
using KonUpgrade.Sandbox.Velero.Server;

namespace KonUpgrade.Sandbox.Velero.Restores;

/// <summary>Makes an object in the cluster, or decides about the one that is there already.</summary>
internal sealed class ItemRestore(SimulatedCluster cluster, JsonObject restore, RunReport report)
{
    private readonly JsonObject _spec = Fields.Object(restore, "spec");

    /// <summary>True when the object was made, and false when one was there.</summary>
    /// <param name="kind">Its kind, in the version of the backup.</param>
    /// <param name="where">The namespace it goes to; empty for what lives in the cluster.</param>
    /// <param name="item">As it is in the backup.</param>
    /// <param name="made">As it is to be.</param>
    /// <exception cref="ApiError">The cluster refuses it.</exception>
    public bool Write(ApiResource kind, string where, ArchivedItem item, JsonObject made)
    {
        var whole = (JsonObject)made.DeepClone();
        try
        {
            cluster.Writes.Create(kind, where, (JsonObject)made.DeepClone(), new WriteOptions { Manager = VeleroObjects.Manager });
        }
        catch (ApiError taken) when (taken.Reason == "AlreadyExists")
        {
            Meet(kind, where, item, made);
            return false;
        }
        RestoreManagers(kind, where, item, whole);
        if (WantsStatus(item.Resource) && item.Object["status"] is JsonObject status)
        {
            cluster.Writes.Patch(kind, where, Metadata.Name(whole), kind.HasStatus ? "status" : string.Empty, new JsonObject { ["status"] = status.DeepClone() }, strategic: false, new WriteOptions { Manager = VeleroObjects.Manager });
        }
        return true;
    }

    private void Meet(ApiResource kind, string where, ArchivedItem item, JsonObject made)
    {
        string name = Metadata.Name(made);
        if (cluster.Store.Find(kind.Collection, StoredObject.KeyOf(where, name)) is not { } stored) return;
        JsonObject there = kind.Read(stored);
        if (item.Resource == "serviceaccounts")
        {
            Merge(kind, where, there, made);
            return;
        }
        RestoredForm.Reset(there);
        var marked = (JsonObject)there.DeepClone();
        JsonObject labels = Fields.Made(Metadata.Of(marked), "labels");
        foreach (string mark in (ReadOnlySpan<string>)[RestoredForm.BackupLabel, RestoredForm.RestoreLabel]) labels[mark] = Fields.Object(made["metadata"], "labels")[mark]?.DeepClone();
        bool isSame = JsonNode.DeepEquals(marked, made), updates = Metadata.Text(_spec, "existingResourcePolicy") == "update";
        if (isSame) report.Info($"{item.Path} is there already and the same");
        else if (!updates) report.Warn(where, $"could not restore, {kind.Kind}:{name} already exists. Warning: the in-cluster version is different than the backed-up version");
        if (!updates) return;
        try
        {
            Patch(kind, where, name, MergeDifference.Of(there, made));
        }
        catch (ApiError refused)
        {
            report.Warn(where, $"could not update {kind.Kind}:{name}, which already exists, only its labels are: {refused.Message}");
            Patch(kind, where, name, new JsonObject { ["metadata"] = new JsonObject { ["labels"] = Fields.Object(made["metadata"], "labels").DeepClone() } });
        }
    }

    // What an account has in either place it has afterwards; where both have a value the cluster's stays.
    private void Merge(ApiResource kind, string where, JsonObject there, JsonObject made)
    {
        var patch = new JsonObject();
        foreach (string field in (ReadOnlySpan<string>)["secrets", "imagePullSecrets"])
        {
            JsonObject[] present = [.. Fields.Objects(there, field)], missing = [.. Fields.Objects(made, field).Where(entry => !present.Any(other => Metadata.Text(other, "name") == Metadata.Text(entry, "name")))];
            if (missing.Length > 0) patch[field] = new JsonArray([.. present.Concat(missing).Select(entry => entry.DeepClone())]);
        }
        foreach (string field in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            JsonObject present = Fields.Object(there["metadata"], field);
            foreach ((string key, JsonNode? value) in Fields.Object(made["metadata"], field))
            {
                if (!present.ContainsKey(key)) Fields.Made(Fields.Made(patch, "metadata"), field)[key] = value?.DeepClone();
            }
        }
        if (patch.Count > 0) Patch(kind, where, Metadata.Name(made), patch);
    }

    private void Patch(ApiResource kind, string where, string name, JsonObject patch)
        => cluster.Writes.Patch(kind, where, name, string.Empty, patch, strategic: false, new WriteOptions { Manager = VeleroObjects.Manager });

    // Who owned which field is as it was in the old cluster.
    private void RestoreManagers(ApiResource kind, string where, ArchivedItem item, JsonObject made)
    {
        if (item.Object["metadata"]?["managedFields"] is not JsonArray managers) return;
        cluster.Writes.ChangeStored(cluster.Catalog.InStorage(kind), StoredObject.KeyOf(where, Metadata.Name(made)), live =>
        {
            Metadata.Of(live)["managedFields"] = managers.DeepClone();
            return true;
        });
    }

    private bool WantsStatus(string resource)
        => _spec["restoreStatus"] is JsonObject wanted && KindNames.Filter(cluster.Catalog, wanted, "includedResources", "excludedResources").Includes(resource);
}
