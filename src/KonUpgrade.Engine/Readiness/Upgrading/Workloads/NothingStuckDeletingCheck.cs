using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Workloads;

/// <summary>
/// Nothing has been waiting for its end for long: whoever should take its finalizer away is gone, and an upgrade that removes
/// more of what it depends on does not bring him back. Secrets are not looked at, since that takes the right to read them.
/// </summary>
internal sealed class NothingStuckDeletingCheck : IReadinessCheck<UpgradeSurvey>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    // What comes and goes by itself, pods, of which another check tells, and what is deprecated and never deleted: to ask for it
    // would be counted as a use of it.
    private static readonly HashSet<string> s_passed = new(StringComparer.Ordinal) { "Event", "Event.events.k8s.io", "Lease.coordination.k8s.io", "EndpointSlice.discovery.k8s.io", "Endpoints", "Pod", "Secret", "ComponentStatus" };

    public ReadinessRule Rule { get; } = new()
    {
        Id = "NothingStuckDeleting",
        Title = "Nothing waits for its end",
        Category = ReadinessCategory.Api,
        Severity = ReadinessSeverity.Advisory,
        Remedy = "Bring the controller back that owns the finalizer; take the finalizer away by hand only when you know that what it guards is gone.",
        Documentation = "https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/",
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var blue = subject.Blue;
        var now = blue.Time.GetUtcNow();
        var count = 0L;
        var findings = new List<ReadinessFinding>();
        var unread = new List<Failure>();
        var kinds = blue.PreferredKinds().Where(kind => !s_passed.Contains(kind.KindAndGroup));
        await blue.LookAsync(kinds, metadataOnly: true, Look, unread, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(count, "object", findings) with { Unread = unread };

        void Look(KubernetesObject o)
        {
            count++;
            if (o.Metadata.TryGetProperty("deletionTimestamp"u8, out _) && new ObjectFact(o) is { DeletedAt: { } deleted } fact && now - deleted > s_patience)
                findings.Add(fact.Finding(Told(o), ReadinessSeverity.Advisory, deleted));
        }
    }

    private static string Told(KubernetesObject o) => o.Metadata.Texts("finalizers").ToList() is { Count: > 0 } finalizers
        ? $"it was deleted, and waits for {NameList.Some(finalizers)}"
        : o.Kind == "Namespace" ? "it was deleted, and something in it does not go" : "it was deleted, and does not go";
}
