using System.Globalization;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Trust;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Which ServiceAccounts of which cluster are meant, and as whom AWS is asked.</summary>
internal sealed record RoleTrustRequest(ClusterRequest Cluster, AwsRequest Aws, RoleTrustOptions Options);

/// <summary>Lets roles trust a cluster's ServiceAccounts, or takes that back: asks once with counts, and gives each role when it is final.</summary>
internal static class RoleTrustOperation
{
    private const string Activity = "Trust of roles";

    /// <summary>Lets the roles of a cluster trust it.</summary>
    public static IAsyncEnumerable<ClusterRoleTrust> GrantAsync(RoleTrustRequest request, IPipelineHost host, CancellationToken cancellationToken) =>
        ClusterAsync(request, revokes: false, static (truster, cluster, options, token) => truster.GrantsAsync(cluster, options, token), host, cancellationToken);

    /// <summary>Takes back what was added for a cluster.</summary>
    public static IAsyncEnumerable<ClusterRoleTrust> RevokeAsync(RoleTrustRequest request, IPipelineHost host, CancellationToken cancellationToken) =>
        ClusterAsync(request, revokes: true, static (truster, cluster, options, token) => truster.RevocationsAsync(cluster, options, token), host, cancellationToken);

    /// <summary>Takes back what single grants added. No cluster is asked.</summary>
    public static async IAsyncEnumerable<ClusterRoleTrust> RevokeAsync(
        AwsRequest aws, IReadOnlyList<ClusterRoleTrust> granted, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var iam = new IamClient(aws.Options(), host);
        var truster = new RoleTruster(iam, host);
        foreach (var cluster in granted.GroupBy(trust => trust.Context ?? "", StringComparer.Ordinal))
        {
            var work = new Work(cluster.Key.Length > 0 ? cluster.Key : "AWS", Revokes: true);
            await foreach (var done in RunAsync(work, [.. cluster.Select(truster.Revocation)], host, cancellationToken).ConfigureAwait(false))
                yield return done;
        }
    }

    private static async IAsyncEnumerable<ClusterRoleTrust> ClusterAsync(
        RoleTrustRequest request,
        bool revokes,
        Func<RoleTruster, ClusterConnection, RoleTrustOptions, CancellationToken, Task<IReadOnlyList<RoleTrustChange>>> find,
        IPipelineHost host,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cluster = await request.Cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using var opened = cluster.ConfigureAwait(false);
        using var iam = new IamClient(request.Aws.Options(), host);
        var changes = await find(new RoleTruster(iam, host), cluster, request.Options, cancellationToken).ConfigureAwait(false);
        if (changes.Count == 0)
            host.Warning($"No ServiceAccount of {cluster.Context.Name} names a role (eks.amazonaws.com/role-arn){(request.Options.Namespace.Count > 0 ? $" in {string.Join(", ", request.Options.Namespace)}" : "")}.");
        await foreach (var done in RunAsync(new Work(cluster.Context.Name, revokes), changes, host, cancellationToken).ConfigureAwait(false))
            yield return done;
    }

    private static async IAsyncEnumerable<ClusterRoleTrust> RunAsync(Work work, IReadOnlyList<RoleTrustChange> changes, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var plans = new List<ClusterRoleTrust>();
        foreach (var change in changes)
        {
            plans.Add(await change.PlanAsync(cancellationToken).ConfigureAwait(false));
            host.Progress(new ProgressReport { Activity = Activity, Status = $"looking: {plans[^1].RoleName}", Done = plans.Count, Total = changes.Count });
        }

        var planned = plans.Where(static plan => plan.Action == RoleTrustAction.Planned).ToList();
        var answer = planned.Count == 0 ? ProcessAnswer.Yes : await host.AskToProcessAsync(work.Context, work.Words(planned), cancellationToken).ConfigureAwait(false);
        if (answer == ProcessAnswer.No)
            yield break;
        var all = new List<ClusterRoleTrust>();
        for (var i = 0; i < changes.Count; i++)
        {
            var done = answer == ProcessAnswer.Yes && plans[i].Action == RoleTrustAction.Planned ? await changes[i].RunAsync(cancellationToken).ConfigureAwait(false) : plans[i];
            host.Progress(new ProgressReport { Activity = Activity, Status = $"{done}", Done = i + 1, Total = changes.Count });
            all.Add(done);
            yield return done;
        }

        host.Progress(new ProgressReport { Activity = Activity, Completed = true });
        if (RoleTrustOutcome.Incomplete(work.Context, all, work.Revokes) is { } failure)
            host.Error(failure);
    }

    /// <summary>What is done for whom, in words.</summary>
    private sealed record Work(string Context, bool Revokes)
    {
        public string Words(List<ClusterRoleTrust> planned) => string.Create(
            CultureInfo.InvariantCulture,
            $"{(Revokes ? "Take back from the trust policies of" : "Add to the trust policies of")} {Count(planned.Count, "IAM role")}: {Count(planned.Sum(static plan => plan.Subjects.Count), "ServiceAccount")}");

        private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
    }
}
