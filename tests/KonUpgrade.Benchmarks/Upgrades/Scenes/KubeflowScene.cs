using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Benchmarks.Upgrades.Scenes;

/// <summary>A Kubeflow on AWS: living clusters, stores that both share, disks that Velero brings.</summary>
internal sealed class KubeflowScene() : RehearsedScene(RehearsedSystem.All.Single(system => system.Name == Name))
{
    public const string Name = "KubeflowAws";

    private const string Person = "kubectl";

    // Blue is stopped before the stores are handed over.
    /// <inheritdoc/>
    protected override string HandsOverBefore => "stop-blue";

    /// <inheritdoc/>
    protected override void Work(SandboxCluster blue)
    {
        blue.Patch("v1", "ConfigMap", "anna", "settings", """{"data":{"epochs":"24"}}""", Person);
        blue.Patch("v1", "Secret", "anna", "api-key", """{"data":{"token":"bmV3"}}""", Person);
        blue.Patch("kubeflow.org/v1", "Notebook", "anna", "explore", """{"metadata":{"labels":{"team":"maps"}}}""", Person);
        blue.Patch("kubeflow.org/v1beta1", "ScheduledWorkflow", "anna", "nightly-x7k2p", """{"spec":{"maxConcurrency":2}}""", "ml-pipeline");
        blue.Seed(["""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"late","namespace":"vision"},"data":{"value":"1"}}"""], Person);
    }
}
