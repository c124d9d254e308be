using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Behaviors;

namespace KonUpgrade.Sandbox.Kubeflow;

/// <summary>
/// What of a Kubeflow works in a cluster: the controllers of profiles, of the pipelines' share in them, of notebooks and of models; and its servers.
/// Without their Deployments a cluster with the kinds alone stays as it is.
/// </summary>
internal static class KubeflowLoop
{
    private static readonly HashSet<string> s_followed = new(StringComparer.Ordinal)
    {
        "profiles.kubeflow.org", "notebooks.kubeflow.org", "inferenceservices.serving.kserve.io", "namespaces", "deployments.apps", "statefulsets.apps",
    };

    public static OperatorLoop Start(SimulatedCluster cluster)
    {
        var objects = new OperatorObjects(cluster);
        cluster.BackEnds.Install(KubeflowServers.All);
        return new OperatorLoop(cluster, s_followed, [new ProfileController(objects), new PipelinesController(objects), new NotebookController(objects), new ModelController(objects)]);
    }
}
