using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>
/// Keeps a workload held while data is missing for which it was held: it would begin anew with an empty volume, and what
/// is restored later finds its place taken. Who wants just that says so.
/// </summary>
internal sealed class NeededClaims(KubernetesClient client, string context, bool force)
{
    private static readonly ApiResource s_claims = new() { Group = "", Version = "v1", Kind = "PersistentVolumeClaim", Plural = "persistentvolumeclaims", Namespaced = true };

    /// <summary>Looks at what a workload needs before it is resumed.</summary>
    /// <returns>The step; one that does nothing and says why where something is missing.</returns>
    public async Task<WorkloadStep> CheckAsync(WorkloadStep step, CancellationToken cancellationToken)
    {
        if (step.Patch is null || step.Needs.Count == 0)
            return step;
        var missing = new List<HoldNeed>();
        var unknown = new List<HoldNeed>();
        foreach (var need in step.Needs)
        {
            var there = await HasAsync(need, cancellationToken).ConfigureAwait(false);
            if (there is null)
                unknown.Add(need);
            else if (there == false)
                missing.Add(need);
        }
        if (missing.Count + unknown.Count == 0)
            return step;
        var what = string.Join(
            "; ",
            ((string?[])[
                missing.Count == 0 ? null : $"its {Names(missing)} {(missing.Count == 1 ? "is" : "are")} not on {context}",
                unknown.Count == 0 ? null : $"whether its {Names(unknown)} {(unknown.Count == 1 ? "is" : "are")} on {context} can't be told",
            ]).OfType<string>());
        if (force)
            return step with { Warning = $"{WorkloadStep.NameOf(step.Change)} is resumed though {what}: a volume that it gets now is empty, and shadows data that comes later." };
        return step with
        {
            Patch = null,
            Change = step.Change with
            {
                Action = WorkloadChangeAction.Skipped,
                Fields = [],
                Reason = $"It stays held: {what}, and an empty volume would shadow the data. Bring the data, then resume it again; -Force resumes it without.",
            },
        };
    }

    private async Task<bool?> HasAsync(HoldNeed need, CancellationToken cancellationToken)
    {
        if (need.Kind != s_claims.Kind || need.Namespace is null)
            return null;
        try
        {
            using var claim = await client.GetAsync(s_claims, need.Namespace, need.Name, cancellationToken).ConfigureAwait(false);
            return claim is not null && !claim.Metadata.TryGetProperty("deletionTimestamp"u8, out _);
        }
        catch (KubernetesApiException)
        {
            return null;
        }
    }

    private static string Names(List<HoldNeed> needs)
    {
        const int Shown = 5;
        var names = string.Join(", ", needs.Take(Shown).Select(need => need.Name)) + (needs.Count > Shown ? $" and {needs.Count - Shown} more" : "");
        return $"{needs[0].Kind}{(needs.Count == 1 ? "" : "s")} {names}";
    }
}
