using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Leaves out what a controller makes anew from its owner: ReplicaSets of a Deployment, Jobs of a CronJob, Pods of any
/// controller, custom ones too. They are counted by owner. What belongs to a ReplicaSet stays with it,
/// whatever it is: on another cluster the ReplicaSet has another name. Anything else that names a workload as its
/// controller (a ConfigMap, a Service) was made by somebody else and travels with its owner, as do claims of a
/// StatefulSet, which hold what was stored.
/// </summary>
internal sealed class ControllerChildRule : IManifestRule
{
    public string Name => "ControllerChild";

    public bool AppliesTo(string group, string kind) => (group, kind) is not ("", "PersistentVolumeClaim");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        var owner = o.Controller;
        if (owner.ValueKind != JsonValueKind.Object || owner.Member("kind"u8).Text() is not { } kind)
            return;
        var group = ApiResource.GroupOf(owner.Member("apiVersion"u8).Text() ?? "");
        if (!IsMade(o.Group, o.Kind, group, kind))
            return;
        outcome.LeaveOut(
            "Its controller makes it anew.",
            new LeftOutGroup(group.Length == 0 ? kind : $"{kind}.{group}", o.Namespace, owner.Member("name"u8).Text()));
    }

    private static bool IsMade(string group, string kind, string ownerGroup, string ownerKind) => (ownerGroup, ownerKind) switch
    {
        _ when (group, kind) is ("", "Pod") => true,
        ("apps" or "extensions", "ReplicaSet") => true,
        ("apps" or "extensions", "Deployment") => (group, kind) is ("apps" or "extensions", "ReplicaSet"),
        ("batch", "CronJob") => (group, kind) is ("batch", "Job"),
        _ => false,
    };
}
