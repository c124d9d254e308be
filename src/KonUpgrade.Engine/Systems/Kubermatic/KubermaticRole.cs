using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic;

/// <summary>
/// What a cluster is within a Kubermatic. The settings of the dashboard have their definition on masters alone (its
/// annotation <c>kubermatic.k8c.io/location</c>); Seeds and Clusters have theirs on masters and seeds.
/// </summary>
internal static class KubermaticRole
{
    public const string Group = "kubermatic.k8c.io";

    /// <summary>It has the API and the operator; in the community edition it is the one seed as well.</summary>
    public const string Master = "master";

    /// <summary>It has Clusters and their control planes.</summary>
    public const string Seed = "seed";

    /// <summary>The role of a cluster by what it serves; null where it has no Kubermatic.</summary>
    public static string? Of(ApiCatalog served)
    {
        if (served.FindPreferred(Group, "KubermaticSetting") is not null)
            return Master;
        return served.FindPreferred(Group, "Seed") is not null && served.FindPreferred(Group, "Cluster") is not null ? Seed : null;
    }

    /// <summary>That a cluster has no role. What is taken for a seed and is none would be treated by rules that leave out what only its own master has.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="served">What it serves.</param>
    public static UpgradeException Unknown(string cluster, ApiCatalog served)
    {
        var unread = served.Failures.FirstOrDefault(failure => ApiCatalog.GroupOf(failure) == Group);
        return new UpgradeException(new Failure
        {
            Id = "RoleUnknown",
            Kind = unread?.Kind ?? FailureKind.NotSupported,
            Message = $"Whether {cluster} is a master or a seed can't be told: "
                + (unread is not null ? $"what it serves of {Group} can't be read: {unread.Message}"
                    : $"it serves neither KubermaticSettings, as a master does, nor Seeds and Clusters ({Group}), as a seed does."),
            Recommendation = $"Look whether Kubermatic is installed there: kubectl --context {cluster} api-resources --api-group {Group}. Another system's objects are exported with -System Kubernetes.",
            Target = cluster,
        });
    }
}
