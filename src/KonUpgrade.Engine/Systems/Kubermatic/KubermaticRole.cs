using KonUpgrade.Engine.Kubernetes;

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
}
