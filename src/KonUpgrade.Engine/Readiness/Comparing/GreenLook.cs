using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Comparing;

/// <summary>What of green is looked up only where something differs. What may not be read there excuses nothing.</summary>
/// <param name="survey">Green.</param>
/// <param name="reporter">Told what may not be read.</param>
internal sealed class GreenLook(ClusterSurvey survey, IReporter reporter)
{
    private static readonly FactKind<ScaledFact> s_scaled = new(
        ["autoscaling", "keda.sh"],
        static catalog => new[] { catalog.FindPreferred("autoscaling", "HorizontalPodAutoscaler"), catalog.FindPreferred("keda.sh", "ScaledObject") }.OfType<ApiResource>(),
        static (o, _) => ScaledFact.Of(o));

    /// <summary>Its context.</summary>
    public string Name => survey.Name;

    /// <summary>Whether it serves a kind.</summary>
    public bool Serves(string group, string kind) => survey.Catalog.FindPreferred(group, kind) is not null;

    /// <summary>Whether an autoscaler decides how many Pods a workload has.</summary>
    public async Task<bool> IsScaledAsync(ObjectKey key, CancellationToken cancellationToken) =>
        (await ReadAsync(s_scaled, cancellationToken).ConfigureAwait(false)).Any(scaled => scaled.Kind == key.Kind && scaled.Namespace == key.Namespace && scaled.Name == key.Name);

    /// <summary>A workload that is held, where all that a Service selects want no Pods; else null.</summary>
    public async Task<string?> FindHeldAsync(ComparedObject service, CancellationToken cancellationToken)
    {
        if (service.Selector is not { } selector)
            return null;
        var selected = (await ReadAsync(WorkloadFact.All, cancellationToken).ConfigureAwait(false))
            .Where(workload => workload.Namespace == service.Key.Namespace && selector.Matches(workload.TemplateLabels)).ToList();
        return selected.TrueForAll(workload => workload.Wanted == 0) ? selected.FirstOrDefault(workload => workload.IsHeld)?.ToString() : null;
    }

    /// <summary>Whether claims of a storage class are bound only when a Pod wants them.</summary>
    /// <param name="name">The class; empty or null for the cluster's own.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<bool> WaitsForPodAsync(string? name, CancellationToken cancellationToken) =>
        (await ReadAsync(StorageClassFact.All, cancellationToken).ConfigureAwait(false)).Any(one => one.WaitsForPod && (name is { Length: > 0 } ? one.Name == name : one.IsDefault));

    private async Task<IReadOnlyList<T>> ReadAsync<T>(FactKind<T> kind, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await survey.ReadAsync(kind, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            reporter.Verbose($"{survey.Name}: {e.Failure.Message}");
            return [];
        }
    }

    // What an autoscaler scales; a ScaledObject may leave the kind out, and means a Deployment.
    private sealed record ScaledFact(string Kind, string? Namespace, string Name)
    {
        public static ScaledFact? Of(KubernetesObject o)
        {
            var target = o.Root.Member("spec"u8).Member("scaleTargetRef"u8);
            return target.Text("name") is { } name ? new ScaledFact(target.Text("kind") ?? "Deployment", o.Namespace, name) : null;
        }
    }
}
