using System.Globalization;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Which workloads of a cluster are suspended or resumed.</summary>
internal sealed record WorkloadRequest(
    ClusterRequest Cluster,
    SystemRequest System,
    ClusterConfigSelection Selection,
    IReadOnlyList<NamePattern> Names,
    IReadOnlyList<WorkloadTarget>? Targets,
    WorkloadClass Classes,
    bool Resume,
    int? ThrottleLimit)
{
    /// <summary>The identity that the cluster must have, as the objects that came in tell it; null where they need not.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>Whether workloads are resumed, too, whose data is not there, and those that act on the world outside.</summary>
    public bool Force { get; init; }
}

/// <summary>Suspends or resumes: looks, asks once with counts, lets the engine work, and tells how it ended.</summary>
internal static class WorkloadOperation
{
    /// <summary>Gives one change for each workload.</summary>
    public static async IAsyncEnumerable<WorkloadChange> RunAsync(
        WorkloadRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chosen = await request.System.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        var cluster = await request.Cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            await GivenIdentity.RequireAsync(cluster, request.ClusterUid, cancellationToken).ConfigureAwait(false);
            var identity = request.Targets is null ? null : (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid;
            // What is held says so itself: which of several systems it is of does not matter when it is given back.
            var system = await chosen.ForAsync(cluster, request.Selection, host, cancellationToken, mayBeSeveral: request.Resume).ConfigureAwait(false);
            var description = await FoundNamespaces.FindAsync(cluster.Client, system.Description, cancellationToken).ConfigureAwait(false);
            // What is not of the system runs on, and somebody may take the cluster for one that stands still.
            if (!request.Resume && request.Targets is null)
                await chosen.TellUncoveredAsync(cluster, system, request.Selection, host, cancellationToken).ConfigureAwait(false);
            var options = new WorkloadOptions
            {
                Resume = request.Resume,
                Force = request.Force,
                Means = request.Resume ? Resumable(chosen, description) : request.Targets is not null ? HoldRules.For(description) : HoldRules.Own(description),
                Classes = request.Classes,
                Selection = request.Selection,
                IsNamed = request.Names.Count == 0 ? null : name => request.Names.Any(pattern => pattern.Matches(name)),
                Objects = request.Targets?.Select(t => new WorkloadName(t.Group, t.Kind, t.Namespace, t.Name) { ApiVersion = t.ApiVersion, Uid = t.UidOn(cluster.Context.Name, identity) }).ToList(),
                IsSensitive = (group, kind) => SecretKinds.Contains(description, group, kind),
                IsProtected = name => HoldRules.IsProtected(description, name),
            };
            if (request.ThrottleLimit is { } limit)
                options = options with { ThrottleLimit = limit };
            var changer = new WorkloadChanger(cluster, options, host);
            var summary = await changer.PrepareAsync(cancellationToken).ConfigureAwait(false);
            if (summary.ChangeCount > 0 && !await host.ShouldProcessAsync(cluster.Context.Name, Action(request.Resume, summary), cancellationToken).ConfigureAwait(false))
                yield break;

            var counts = new int[Enum.GetValues<WorkloadChangeAction>().Length];
            Failure? first = null;
            await foreach (var change in changer.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                counts[(int)change.Action]++;
                first ??= change.Failure;
                yield return change;
            }

            foreach (var name in request.Names.Where(name => !name.IsWild && counts.Sum() == 0))
                host.Error(NotFound(cluster.Context.Name, name.Text));
            host.Information($"Workloads of {cluster.Context.Name}: {Counts(counts)}.");
            if (counts[(int)WorkloadChangeAction.Failed] > 0 || changer.Failures.Count > 0)
                host.Error(Incomplete(cluster.Context.Name, request.Resume, counts, changer.Failures, first ?? changer.Failures[0]));
        }
    }

    // What is held says so itself, whoever held it: an upgrade, an import, or a command as another system than is found here.
    private static IReadOnlyList<HoldMeans> Resumable(ChosenSystem chosen, SystemDescription description) =>
        [.. HoldRules.For(description).Concat(chosen.Named is null ? HoldRules.For(chosen.Catalog.Whole.Description) : []).DistinctBy(means => (means.Group, means.Kind))];

    private static string Action(bool resume, WorkloadSummary summary)
    {
        const int Shown = 8;
        var kinds = summary.CountByKind.Take(Shown).Select(static kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Value} {kind.Key}")).ToList();
        if (summary.CountByKind.Count > Shown)
            kinds.Add("…");
        return string.Create(CultureInfo.InvariantCulture, $"{(resume ? "Resume" : "Suspend")} {summary.ChangeCount} workloads: {string.Join(", ", kinds)}");
    }

    private static Failure NotFound(string cluster, string name) => new()
    {
        Id = "WorkloadNotFound",
        Kind = FailureKind.NotFound,
        Message = $"{cluster} has no workload '{name}' among those that were asked for.",
        Recommendation = "Look at -Kind, -Namespace and -Class; namespaces of the cluster itself are looked into only when they are named.",
        Target = name,
    };

    private static Failure Incomplete(string cluster, bool resume, int[] counts, IReadOnlyList<Failure> lists, Failure first) => new()
    {
        Id = "WorkloadsIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"Not all workloads of {cluster} could be {(resume ? "resumed" : "suspended")}: {Counts(counts)}"
            + (lists.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {lists.Count} kinds could not be listed") : "") + $". First: {first.Message}",
        Recommendation = "Look at the workloads whose Action is Failed; each has its Failure with what to do. Run the same command again: what is done is not done twice.",
        Target = cluster,
    };

    private static string Counts(int[] counts) =>
        string.Join(
            ", ",
            Enum.GetValues<WorkloadChangeAction>().Where(action => counts[(int)action] > 0 || action == WorkloadChangeAction.Failed)
                .Select(action => string.Create(CultureInfo.InvariantCulture, $"{counts[(int)action]} {action.ToString().ToLowerInvariant()}")));
}
