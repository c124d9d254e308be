using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Disruptions;

namespace KonUpgrade.Sandbox.DataPlane.Work;

/// <summary>How controllers change the cluster: past the network, and only the very object that they saw.</summary>
internal sealed class PlaneWrites(SimulatedCluster cluster, DisruptionLog disruptions)
{
    /// <summary>Who the controllers are in managedFields.</summary>
    public const string Manager = "kube-controller-manager";

    /// <summary>Changes status or metadata of an object.</summary>
    /// <returns>False when it is gone, or <paramref name="change"/> left it as it was.</returns>
    public bool Change(ApiResource kind, ObjectView view, Func<JsonObject, bool> change, string? statusManager = null)
        => cluster.Writes.ChangeStored(kind, view.Key, item => Metadata.Uid(item) == view.Uid && change(item), statusManager) is not null;

    /// <summary>Changes the specification of an object, which is a new generation of it.</summary>
    public bool ChangeSpec(ApiResource kind, ObjectView view, Func<JsonObject, bool> change) => Change(kind, view, item =>
    {
        if (!change(item)) return false;
        Metadata.Of(item)["generation"] = Metadata.Generation(item) + 1;
        return true;
    });

    public JsonObject Create(ApiResource kind, string @namespace, JsonObject item)
    {
        item["apiVersion"] = kind.ApiVersion;
        item["kind"] = kind.Kind;
        return cluster.Writes.Create(kind, @namespace, item, new WriteOptions { Manager = Manager });
    }

    /// <summary>Deletes an object as one asks the server to.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="view">Which.</param>
    /// <param name="cause">What a budget that this breaks is told.</param>
    /// <param name="graceSeconds">For Pods; null for their own.</param>
    public void Delete(ApiResource kind, ObjectView view, DisruptionCause cause, long? graceSeconds = null)
    {
        using IDisposable by = disruptions.Because(cause);
        cluster.Deletions.DeleteIfThere(kind, view.Namespace, view.Name, null, view.Uid, graceSeconds);
    }
}
