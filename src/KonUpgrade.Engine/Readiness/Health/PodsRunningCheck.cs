using System.Globalization;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>No pod waits for what does not come: an image, a place, a container that ends again and again.</summary>
internal sealed class PodsRunningCheck : IReadinessCheck<ClusterSurvey>
{
    // A pod that has just come has a right to wait.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    public ReadinessRule Rule { get; } = new()
    {
        Id = "PodsRunning",
        Title = "No pod is stuck",
        Category = ReadinessCategory.Workload,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Look at the pod's events and log (kubectl describe pod, kubectl logs --previous).",
        Documentation = "https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/",
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var pods = await subject.ReadAsync(PodFact.All, cancellationToken).ConfigureAwait(false);
        var now = subject.Time.GetUtcNow();
        return ReadinessOutcome.Of(pods.Count, "pod", [.. pods.Select(pod => Look(pod, now)).OfType<ReadinessFinding>()]);
    }

    private static ReadinessFinding? Look(PodFact pod, DateTimeOffset now) => pod switch
    {
        { Phase: "Succeeded" } => null,
        // Its grace period is over at that time: only a kubelet that is away, or a finalizer, keeps it.
        { DeletedAt: { } deleted } => now - deleted > s_patience ? pod.Finding("it should be gone, and something keeps it: a kubelet that is away, or a finalizer", since: deleted) : null,
        { Phase: "Failed", IsManaged: false } => pod.Finding($"it has failed{(pod.Reason is { } reason ? $" ({reason})" : "")}, and nothing begins it again", ReadinessSeverity.Advisory),
        { Phase: "Failed" } => null,
        { Waits: { } wait } => pod.Finding(Told(wait), wait.Reason == "CrashLoopBackOff" || now - (pod.CreatedAt ?? now) > s_patience ? ReadinessSeverity.Blocking : ReadinessSeverity.Advisory),
        { Phase: "Pending" } when now - (pod.CreatedAt ?? now) > s_patience =>
            pod.Finding(pod.Unplaced is { } unplaced ? $"no node takes it: {unplaced.Why}" : "it does not begin", since: pod.CreatedAt),
        _ => null,
    };

    private static string Told(ContainerWait wait) => string.Create(
        CultureInfo.InvariantCulture,
        $"the container {wait.Container} waits: {wait.Reason}{(wait.Message is { Length: > 0 } message ? $": {message}" : "")}{(wait.Restarts > 0 ? $" ({wait.Restarts} restarts)" : "")}");
}
