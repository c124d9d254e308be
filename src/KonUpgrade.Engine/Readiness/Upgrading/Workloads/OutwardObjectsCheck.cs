using System.Globalization;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Workloads;

/// <summary>
/// What acts on the world outside the cluster is told by kind before it is brought to green: an import holds it there until
/// traffic shifts. A rule that counts only where its reader runs (external-dns) counts where one runs on this cluster.
/// </summary>
internal sealed class OutwardObjectsCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "OutwardObjects",
        Title = "What acts outside the cluster is known before a second one has it",
        Category = ReadinessCategory.Workload,
        Severity = ReadinessSeverity.Advisory,
        Remedy = "Import-ClusterConfig holds them on green; let them through with -AllowOutward when traffic shifts, and not before.",
        Documentation = "https://kubernetes.io/docs/concepts/services-networking/",
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        if (subject.Way == UpgradeWay.InPlace)
            return ReadinessOutcome.None("In place there is no second cluster that would act outside, too.");
        var running = (await subject.Blue.ReadAsync(WorkloadFact.All, cancellationToken).ConfigureAwait(false)).Where(workload => workload.Wanted > 0)
            .SelectMany(workload => workload.Containers).Select(container => SystemOutward.Repository(container.Image)).ToHashSet(StringComparer.Ordinal);
        var rules = OutwardRules.For(subject.System).Where(rule => rule.ReadBy.Count == 0 || running.Any(image => TextPattern.Matches(rule.ReadBy, image))).ToList();
        var kinds = subject.Blue.PreferredKinds().Where(kind => rules.Any(rule => KindPattern.Matches(rule.Kinds, kind.Group, kind.Kind)));
        var found = new Dictionary<(string ApiVersion, string Kind, string Reason), List<string>>();
        var unread = new List<Failure>();
        var count = 0L;
        await subject.Blue.LookAsync(kinds, metadataOnly: false, Look, unread, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(count, "object of kinds that may act outside", [.. found.Select(one => Told(one.Key, one.Value))], "objects of kinds that may act outside") with { Unread = unread };

        void Look(KubernetesObject o)
        {
            count++;
            if (rules.Find(rule => rule.Fits(o.Group, o.Kind, o)) is not { } rule)
                return;
            var key = (o.ApiVersion, o.Kind, rule.Reason);
            if (!found.TryGetValue(key, out var names))
                found[key] = names = [];
            names.Add(o.Namespace is { } ns ? $"{ns}/{o.Name}" : o.Name);
        }
    }

    private static ReadinessFinding Told((string ApiVersion, string Kind, string Reason) key, List<string> names) => new()
    {
        Target = string.Create(CultureInfo.InvariantCulture, $"{names.Count} {key.Kind} ({NameList.Some(names, 3)})"),
        ApiVersion = key.ApiVersion,
        Kind = key.Kind,
        Message = key.Reason,
        Severity = ReadinessSeverity.Advisory,
    };
}
