namespace KonUpgrade.Sandbox.Kubeflow;

/// <summary>One controller of Kubeflow: it brings all that it looks after to what it should be, and leaves alone what is so.</summary>
internal abstract class KubeflowController(KubeflowObjects objects, string deployment)
{
    protected KubeflowObjects Objects { get; } = objects;

    /// <summary>Whether its Deployment is there, and not scaled to nothing.</summary>
    public bool IsRunning => Objects.Find("apps", "deployments", "kubeflow", deployment) is { } found && found["spec"]?["replicas"]?.GetValue<long>() != 0;

    public abstract void Work();
}
