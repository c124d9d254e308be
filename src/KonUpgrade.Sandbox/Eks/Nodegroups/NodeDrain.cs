using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Eks.Nodegroups;

/// <summary>
/// How EKS empties a node: cordon, then every Pod but those of DaemonSets is evicted, again and again while budgets say no.
/// </summary>
internal sealed class NodeDrain(PlaneContext plane, Nodegroup group, Action<DateTimeOffset> wakeAt)
{
    private const string NoLoadBalancer = "node.kubernetes.io/exclude-from-external-load-balancers";
    private const string Manager = "eks-node-manager";

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    /// <summary>One step; true when no Pod is left that must go.</summary>
    public bool Step(Instance instance)
    {
        Departure departure = instance.Departure!;
        // Without its Node nothing can be evicted by it, and the machine is as good as empty.
        if (plane.Caches.Nodes.Find(instance.NodeName) is not { } node) return true;
        Cordon(node, on: true);
        PodView[] left = [.. plane.Caches.PodsOn(node.Name).Where(pod => !pod.Finished && pod.Controller is not { Kind: "DaemonSet" })];
        if (left.Length == 0)
        {
            departure.Drained ??= plane.Now;
            return true;
        }
        if (departure.NextTry > plane.Now)
        {
            wakeAt(departure.NextTry);
            return false;
        }
        bool stuck = group.Cluster.Region.Troubles.Find(TroubleKind.Evict, group.Cluster.Name, group.Name) is not null;
        departure.Refusal = null;
        foreach (PodView pod in left.Where(pod => !pod.Terminating))
        {
            string? refusal = stuck ? "it was asked for in the sandbox" : Evict(pod);
            if (refusal is not null) departure.Refusal ??= $"{pod.Namespace}/{pod.Name}: {refusal}";
        }
        // Their ends are seen as they come; what was refused is tried again.
        departure.NextTry = plane.Now + Retry;
        if (departure.Refusal is not null) wakeAt(departure.NextTry);
        return false;
    }

    /// <summary>Takes a node out of use, or back: no new Pods, no traffic from load balancers.</summary>
    public void Shun(Instance instance, bool on)
    {
        if (plane.Caches.Nodes.Find(instance.NodeName) is not { } node) return;
        Cordon(node, on);
        if (node.Labels.ContainsKey(NoLoadBalancer) == on) return;
        plane.Writes.Change(plane.Caches.Nodes.Kind, node, item =>
        {
            JsonObject labels = Fields.Made(Metadata.Of(item), "labels");
            if (on) labels[NoLoadBalancer] = "true";
            else labels.Remove(NoLoadBalancer);
            return true;
        }, Manager);
    }

    private void Cordon(NodeView node, bool on)
    {
        if (node.Unschedulable == on) return;
        plane.Writes.Change(plane.Caches.Nodes.Kind, node, item =>
        {
            JsonObject spec = Fields.Made(item, "spec");
            if (on) spec["unschedulable"] = true;
            else spec.Remove("unschedulable");
            return true;
        }, Manager);
    }

    private string? Evict(PodView pod)
    {
        var eviction = new JsonObject
        {
            ["apiVersion"] = $"policy/{DataPlane.Disruptions.PodEvictions.Version(group.Cluster.Minor)}",
            ["kind"] = "Eviction",
            ["metadata"] = new JsonObject { ["name"] = pod.Name, ["namespace"] = pod.Namespace },
            ["deleteOptions"] = new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = pod.Uid } },
        };
        try
        {
            plane.Cluster.Evictions.Evict(plane.Caches.Pods.Kind, pod.Namespace, pod.Name, eviction, dryRun: false);
            return null;
        }
        catch (ApiError refused) when (refused.Code is 404 or 409)
        {
            // Gone, or another one by now: that is seen at the next step.
            return null;
        }
        catch (ApiError refused)
        {
            return refused.Causes.Count > 0 ? refused.Causes[0].Message : refused.Message;
        }
    }
}
