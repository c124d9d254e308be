using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Leaves out Endpoints and EndpointSlices: controllers make them anew from Services and Pods, and where somebody
/// wrote one by hand, it holds addresses of this cluster's surroundings. The latter get a line each, so that nobody
/// misses them.
/// </summary>
internal sealed class EndpointsRule : IManifestRule
{
    public string Name => "Endpoints";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "Endpoints") or ("discovery.k8s.io", "EndpointSlice");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        if (IsMade(o))
            outcome.LeaveOut("A controller makes it anew from Services and Pods.", LeftOutGroup.WholeKind);
        else
            outcome.LeaveOut("It was written by hand and holds addresses; carry it over yourself where they hold on the new cluster too.");
    }

    private static bool IsMade(KubernetesObject o)
    {
        if (o.Kind == "EndpointSlice")
        {
            var manager = o.LabelElement("endpointslice.kubernetes.io/managed-by"u8);
            return manager.Is("endpointslice-controller.k8s.io"u8) || manager.Is("endpointslicemirroring-controller.k8s.io"u8)
                || o.Controller.ValueKind == JsonValueKind.Object || IsOfApiServer(o);
        }

        if (IsOfApiServer(o) || o.AnnotationElement("endpoints.kubernetes.io/last-change-trigger-time"u8).ValueKind == JsonValueKind.String
            || o.AnnotationElement("control-plane.alpha.kubernetes.io/leader"u8).ValueKind == JsonValueKind.String
            || o.LabelElement("endpoints.kubernetes.io/managed-by"u8).Is("endpoint-controller"u8))
        {
            return true;
        }

        var managers = o.Metadata.Member("managedFields"u8);
        return managers.ValueKind != JsonValueKind.Array || managers.EnumerateArray().Any(entry => entry.Member("manager"u8).Is("kube-controller-manager"u8));
    }

    private static bool IsOfApiServer(KubernetesObject o) => o is { Name: "kubernetes", Namespace: "default" };
}
