using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Ordering;

/// <summary>
/// A ResourceQuota that lets no pod be, by which people freeze a namespace. Come after the workloads, it would find them
/// running that did not run where it comes from.
/// </summary>
public static class FreezingQuota
{
    /// <summary>Where it comes: before the workloads.</summary>
    public static ImportPosition Position { get; } = new(ImportStage.Data, 0);

    /// <summary>Whether a ResourceQuota is one.</summary>
    public static bool Is(KubernetesObject quota)
    {
        ArgumentNullException.ThrowIfNull(quota);
        var hard = quota.Root.Member("spec"u8).Member("hard"u8);
        // A quantity may be a number as well as a text.
        return new[] { hard.Member("pods"u8), hard.Member("count/pods"u8) }
            .Any(most => most.ValueKind == JsonValueKind.Number ? most.TryGetInt64(out var number) && number == 0 : most.Is("0"u8));
    }
}
