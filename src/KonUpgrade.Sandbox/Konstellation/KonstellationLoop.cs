using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Behaviors;

namespace KonUpgrade.Sandbox.Konstellation;

/// <summary>The operator of a Konstellation in a cluster. Without its Deployment a cluster with the kinds alone stays as it is.</summary>
internal static class KonstellationLoop
{
    private static readonly HashSet<string> s_followed = new(StringComparer.Ordinal)
    {
        "apps.k11n.dev", "builds.k11n.dev", "clusterconfigs.k11n.dev", "apptargets.k11n.dev", "ingressrequests.k11n.dev", "deployments.apps", "replicasets.apps", "ingresses.networking.k8s.io",
    };

    public static OperatorLoop Start(SimulatedCluster cluster) => new(cluster, s_followed, [new AppOperator(new OperatorObjects(cluster))]);
}
