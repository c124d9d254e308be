using System.Text.Json;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>What a slice of a Service's endpoints tells.</summary>
internal static class EndpointSlices
{
    /// <summary>Whether one of its endpoints is ready; one that does not say is (discovery/v1 EndpointConditions).</summary>
    public static bool HasReady(KubernetesObject slice) =>
        slice.Root.Objects("endpoints").Any(e => e.Member("conditions").Member("ready").ValueKind != JsonValueKind.False);
}
