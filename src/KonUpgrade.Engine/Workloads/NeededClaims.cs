using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Workloads;

/// <summary>
/// Looks for the data for which a workload was held: without it, it would begin anew with an empty volume, and what is
/// restored later finds its place taken.
/// </summary>
internal sealed class NeededClaims(KubernetesClient client, string context)
{
    private static readonly ApiResource s_claims = new() { Group = "", Version = "v1", Kind = "PersistentVolumeClaim", Plural = "persistentvolumeclaims", Namespaced = true };

    /// <summary>What is missing, as a clause; null where everything is there.</summary>
    public async Task<string?> LackAsync(IReadOnlyList<HoldNeed> needs, CancellationToken cancellationToken)
    {
        var missing = new List<HoldNeed>();
        var unknown = new List<HoldNeed>();
        foreach (var need in needs)
        {
            var there = await HasAsync(need, cancellationToken).ConfigureAwait(false);
            if (there is null)
                unknown.Add(need);
            else if (there == false)
                missing.Add(need);
        }
        return missing.Count + unknown.Count == 0
            ? null
            : string.Join(
                "; ",
                ((string?[])[
                    missing.Count == 0 ? null : $"its {Names(missing)} {(missing.Count == 1 ? "is" : "are")} not on {context}",
                    unknown.Count == 0 ? null : $"whether its {Names(unknown)} {(unknown.Count == 1 ? "is" : "are")} on {context} can't be told",
                ]).OfType<string>());
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
        var names = NameList.Some([.. needs.Select(need => need.Name)], Shown);
        return $"{needs[0].Kind}{(needs.Count == 1 ? "" : "s")} {names}";
    }
}
