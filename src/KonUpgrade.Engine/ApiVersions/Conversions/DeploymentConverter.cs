using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>Deployments of extensions/v1beta1 and apps/v1beta1.</summary>
internal sealed class DeploymentConverter() : WorkloadConverter("Deployment", Extensions, Apps)
{
    // What a server wrote for "no deadline" and "all of them".
    private const int Endless = int.MaxValue;
    private const int KeptByApps = 2;

    /// <inheritdoc/>
    protected override void Pin(JsonObject spec, string from, List<string> notes)
    {
        if (spec.Take("rollbackTo") is not null)
            notes.Add("rollbackTo is gone: kubectl rollout undo does it.");
        spec.Pin("revisionHistoryLimit", from == Extensions ? Endless : KeptByApps);
        if (from != Extensions)
            return;
        spec.Pin("progressDeadlineSeconds", Endless);
        if (spec.Mapping("strategy") is not { } strategy)
            spec["strategy"] = strategy = [];
        strategy.Pin("type", "RollingUpdate");
        if (strategy.Text("type") != "RollingUpdate")
            return;
        if (strategy.Mapping("rollingUpdate") is not { } rolling)
            strategy["rollingUpdate"] = rolling = [];
        rolling.Pin("maxSurge", 1);
        rolling.Pin("maxUnavailable", 1);
    }
}
