namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>
/// One operator of a system: it brings all that it looks after to what it should be, and leaves alone what is so. It works
/// as long as its Deployment is there and not scaled to nothing, as the real one does.
/// </summary>
internal abstract class SimulatedOperator(OperatorObjects objects, string @namespace, string deployment)
{
    protected OperatorObjects Objects { get; } = objects;

    /// <summary>Whether its Deployment is there, and not scaled to nothing.</summary>
    public bool IsRunning => Objects.Find("apps", "deployments", @namespace, deployment) is { } found && found["spec"]?["replicas"]?.GetValue<long>() != 0;

    public abstract void Work();
}
