using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubeflow.Health;

/// <summary>
/// Every Profile has its namespace, and what its controller told of it last is that it is Successful. The controller writes
/// its conditions without a status, and adds one behind the others when something is new; some releases tell only of failures.
/// </summary>
internal sealed class ProfilesReadyCheck : IReadinessCheck<ClusterSurvey>
{
    private static readonly FactKind<StatusFact> s_profiles = FactKind<StatusFact>.Of("kubeflow.org", "Profile", static o => new StatusFact(o));
    private static readonly FactKind<ObjectFact> s_namespaces = FactKind<ObjectFact>.Of(CoreResources.Namespaces, static o => new ObjectFact(o));

    public ReadinessRule Rule { get; } = new()
    {
        Id = "ProfilesReady",
        Title = "Every Profile has its namespace, and is successful",
        Category = ReadinessCategory.System,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Look at the Profile's conditions and at the log of profiles-deployment in the namespace kubeflow.",
        Documentation = "https://www.kubeflow.org/docs/components/central-dash/profiles/",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var profiles = await subject.ReadAsync(s_profiles, cancellationToken).ConfigureAwait(false);
        if (profiles.Count == 0)
            return ReadinessOutcome.Of(0, "Profile", []);
        var namespaces = (await subject.ReadAsync(s_namespaces, cancellationToken).ConfigureAwait(false)).Where(ns => ns.DeletedAt is null).Select(ns => ns.Name).ToHashSet(StringComparer.Ordinal);
        return ReadinessOutcome.Of(profiles.Count, "Profile", [.. profiles.Where(profile => profile.DeletedAt is null).Select(profile => Look(profile, namespaces)).OfType<ReadinessFinding>()]);
    }

    private static ReadinessFinding? Look(StatusFact profile, HashSet<string> namespaces) => profile.Conditions switch
    {
        [.., { Type: not "Successful" } last] => profile.Finding($"it is {last.Type}: {last.Why}", since: last.Since),
        _ => namespaces.Contains(profile.Name) ? null : profile.Finding($"there is no namespace {profile.Name}, which its controller should have made", since: profile.CreatedAt),
    };
}
