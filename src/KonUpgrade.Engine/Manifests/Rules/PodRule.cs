using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Drops what admission, scheduler and network of this cluster wrote into a Pod: its node, its priority as a number,
/// the volume with its token and the mounts of that, ephemeral containers, addresses.
/// </summary>
internal sealed class PodRule : IManifestRule
{
    private static readonly ManifestEdit[] s_edits =
    [
        new(FieldPath.Of("spec", "nodeName"), null),
        new(FieldPath.Of("spec", "priority"), null),
        new(FieldPath.Of("spec", "ephemeralContainers"), null),
        new(FieldPath.Of("metadata", "annotations", "k8s.v1.cni.cncf.io/network-status"), null),
        new(FieldPath.Of("metadata", "annotations", "k8s.v1.cni.cncf.io/networks-status"), null),
        new(FieldPath.Of("metadata", "annotations", "k8s.ovn.org/pod-networks"), null),
        new(FieldPath.Of("metadata", "annotations", "cni.projectcalico.org/containerID"), null),
        new(FieldPath.Of("metadata", "annotations", "cni.projectcalico.org/podIP"), null),
        new(FieldPath.Of("metadata", "annotations", "cni.projectcalico.org/podIPs"), null),
    ];

    public string Name => "Pod";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "Pod");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        foreach (var edit in s_edits)
            outcome.Edit(edit);
        var spec = o.Root.Member("spec"u8);
        var account = spec.Member("serviceAccountName"u8).Text() ?? "default";
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        outcome.DropElements(spec.Member("volumes"u8), FieldPath.Of("spec", "volumes"), volume =>
        {
            var name = volume.Member("name"u8).Text();
            if (name is null || !IsTokenVolume(volume, name, account))
                return false;
            tokens.Add(name);
            return true;
        });
        if (tokens.Count == 0)
            return;
        foreach (var list in (string[])["containers", "initContainers"])
        {
            var index = 0;
            foreach (var container in (spec.ValueKind == JsonValueKind.Object && spec.TryGetProperty(list, out var containers) ? containers : default).Elements())
            {
                outcome.DropElements(
                    container.Member("volumeMounts"u8),
                    FieldPath.Of("spec", list).Element(index).Member("volumeMounts"),
                    mount => mount.Member("name"u8).Text() is { } name && tokens.Contains(name));
                index++;
            }
        }
    }

    // Kubernetes from 1.21 mounts a projected kube-api-access-…, earlier ones the account's Secret.
    private static bool IsTokenVolume(JsonPart volume, string name, string account) =>
        (volume.Member("projected"u8).ValueKind == JsonValueKind.Object && name.StartsWith("kube-api-access-", StringComparison.Ordinal))
        || (volume.Member("secret"u8).ValueKind == JsonValueKind.Object && name.StartsWith($"{account}-token-", StringComparison.Ordinal));
}
