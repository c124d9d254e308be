using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Leaves out what a built-in workload controller makes anew from its owner: ReplicaSets of a Deployment, Pods of a
/// ReplicaSet, Jobs of a CronJob. They are counted by owner. Claims of a StatefulSet are no such children: they hold
/// what was stored. A Pod goes with any controller, custom ones too.
/// </summary>
internal sealed class ControllerChildRule : IManifestRule
{
    public string Name => "ControllerChild";

    public bool AppliesTo(string group, string kind) => (group, kind) is not ("", "PersistentVolumeClaim");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        var owner = o.ControllerReference();
        if (owner.ValueKind != JsonValueKind.Object || owner.Member("kind"u8).Text() is not { } kind)
            return;
        var apiVersion = owner.Member("apiVersion"u8).Text() ?? "";
        var group = apiVersion.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? apiVersion[..slash] : "";
        var isPod = o is { Group: "", Kind: "Pod" };
        if (!isPod && !IsWorkload(group, kind))
            return;
        outcome.LeaveOut(
            "Its controller makes it anew.",
            new LeftOutGroup(group.Length == 0 ? kind : $"{kind}.{group}", o.Namespace, owner.Member("name"u8).Text()));
    }

    private static bool IsWorkload(string group, string kind) => (group, kind) is
        ("apps" or "extensions", "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet") or ("batch", "Job" or "CronJob") or ("", "ReplicationController");
}
