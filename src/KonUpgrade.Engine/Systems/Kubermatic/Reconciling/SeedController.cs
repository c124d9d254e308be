using System.Globalization;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>
/// The Deployment on a seed that reconciles its clusters. It reads the limit when it starts, as a flag that the operator
/// writes: a limit that was changed counts once the Deployment has it and all of its Pods are new.
/// </summary>
/// <param name="Limit">The limit of its flag; null where it has none.</param>
/// <param name="IsRolledOut">Whether all of its Pods run as it has them.</param>
internal sealed record SeedController(int? Limit, bool IsRolledOut)
{
    /// <summary>The Deployment's name.</summary>
    public const string Name = "kubermatic-seed-controller-manager";

    private const string Flag = "max-parallel-reconcile";

    /// <summary>Reads the Deployment.</summary>
    public static SeedController Read(KubernetesObject deployment) => new(LimitOf(deployment), RolledOut(deployment));

    /// <summary>Whether a Deployment's Pods are all as it has them, and available, as <c>kubectl rollout status</c> looks at it.</summary>
    public static bool RolledOut(KubernetesObject deployment)
    {
        var status = deployment.Root.Member("status"u8);
        var wanted = deployment.Root.Member("spec"u8).Number("replicas") ?? 1;
        return (status.Number("observedGeneration") ?? 0) >= (deployment.Metadata.Number("generation") ?? 0)
            && status.Number("updatedReplicas").GetValueOrDefault() >= wanted
            && status.Number("replicas").GetValueOrDefault() <= status.Number("updatedReplicas").GetValueOrDefault()
            && status.Number("availableReplicas").GetValueOrDefault() >= status.Number("updatedReplicas").GetValueOrDefault();
    }

    private static int? LimitOf(KubernetesObject deployment)
    {
        foreach (var container in deployment.Root.Member("spec"u8).Member("template"u8).Member("spec"u8).Objects("containers"))
        {
            string[] words = [.. container.Texts("command"), .. container.Texts("args")];
            for (var i = 0; i < words.Length; i++)
            {
                var word = words[i].TrimStart('-');
                if (words[i].Length == word.Length)
                    continue;
                var value = word == Flag ? i + 1 < words.Length ? words[i + 1] : null
                    : word.StartsWith(Flag + "=", StringComparison.Ordinal) ? word[(Flag.Length + 1)..]
                    : null;
                if (int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit))
                    return limit;
            }
        }
        return null;
    }
}
