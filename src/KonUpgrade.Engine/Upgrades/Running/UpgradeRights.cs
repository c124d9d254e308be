using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>A right that a step needs.</summary>
/// <param name="Cluster">On which cluster.</param>
/// <param name="Verb">To do what: list, create, patch …</param>
/// <param name="Resource">With what.</param>
internal sealed record NeededRight(UpgradeSide Cluster, string Verb, ApiResource Resource);

/// <summary>
/// Asks both clusters, before anything is changed, whether the logins may do what is left to be done, or to be taken back
/// (SelfSubjectAccessReview). Where a cluster can't be asked, the steps find out by themselves.
/// </summary>
internal sealed class UpgradeRights(UpgradeSession session, StepWorks works)
{
    private const int AtOnce = 8;
    private const int Shown = 8;

    private static readonly TimeSpan s_greensTime = TimeSpan.FromSeconds(10);

    private static readonly ApiResource s_reviews = new()
    {
        Group = "authorization.k8s.io",
        Version = "v1",
        Kind = "SelfSubjectAccessReview",
        Plural = "selfsubjectaccessreviews",
        Singular = "selfsubjectaccessreview",
        Namespaced = false,
    };

    /// <summary>Asks for what is left to be done.</summary>
    /// <exception cref="UpgradeException">RightsMissing, which names them.</exception>
    public async Task CheckAsync(UpgradeProgress progress, UpgradeRunOptions options, CancellationToken cancellationToken)
    {
        var steps = progress.Steps.Where(step => step.State != UpgradeStepState.Completed);
        var missing = await MissingAsync(progress, options, steps, (work, run, token) => work.RightsAsync(run, token), cancellationToken).ConfigureAwait(false);
        if (missing.Count > 0)
            throw new UpgradeException(Missing(progress.Plan.Name, missing));
    }

    /// <summary>
    /// Asks for what is left to be taken back. Without blue nothing is: where a right is lacking there, nothing is begun.
    /// What is lacking on green is told, and keeps nothing of blue from working again.
    /// </summary>
    /// <param name="progress">How far the upgrade is.</param>
    /// <param name="options">How it is taken back.</param>
    /// <param name="checks">What is known of the clusters. Green may be what is broken: it is not waited for long.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">RightsMissing, which names them.</exception>
    public async Task CheckUndoAsync(UpgradeProgress progress, UpgradeRunOptions options, SideChecks checks, CancellationToken cancellationToken)
    {
        options = options with { RemoveImported = options.RemoveImported || progress.RemovesImported };
        var steps = progress.ToTakeBack(works, options.RemoveImported);
        var green = AskGreenAsync();
        var missing = await AskAsync(UpgradeSide.Blue, cancellationToken).ConfigureAwait(false);
        if (await green.ConfigureAwait(false) is { Count: > 0 } lack)
            session.Host.Warning($"{progress.Plan.Name}: rights are lacking that taking back needs: {Listed(lack)}. What is not taken back for that is told at its step.");
        if (missing.Count > 0)
            throw new UpgradeException(Missing(progress.Plan.Name, missing));

        Task<IReadOnlyList<string>> AskAsync(UpgradeSide side, CancellationToken token) =>
            MissingAsync(progress, options, steps.Where(step => works.For(step).Undoes(step).Side == side), (work, run, stop) => work.UndoRightsAsync(run, stop), token);

        async Task<IReadOnlyList<string>> AskGreenAsync()
        {
            if (!steps.Any(step => works.For(step).Undoes(step).Side == UpgradeSide.Green))
                return [];
            using var soon = new CancellationTokenSource(s_greensTime, session.Time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(soon.Token, cancellationToken);
            try
            {
                await checks.NeedAsync(UpgradeSide.Green, stop.Token).ConfigureAwait(false);
                return await AskAsync(UpgradeSide.Green, stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is UpgradeException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                session.Host.Verbose($"{session.Green.Context.Name} can't be asked for rights now: {e.Message}");
                return [];
            }
        }
    }

    private async Task<IReadOnlyList<string>> MissingAsync(
        UpgradeProgress progress, UpgradeRunOptions options, IEnumerable<UpgradeStep> steps, Func<IStepWork, StepRun, CancellationToken, Task<IReadOnlyList<NeededRight>>> rightsOf, CancellationToken cancellationToken)
    {
        var needed = new Dictionary<NeededRight, string>();
        foreach (var step in steps)
        {
            var run = new StepRun(step, progress.Plan, progress.Mark, session, options, [], progress.StepOf, _ => false, _ => Task.CompletedTask);
            foreach (var right in await rightsOf(works.For(step), run, cancellationToken).ConfigureAwait(false))
                needed.TryAdd(right, step.Id);
        }

        var namespaces = progress.Plan.Selection.Namespace;
        var missing = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            needed,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (need, token) =>
            {
                List<string?> places = need.Key.Resource.Namespaced && namespaces.Count > 0 ? [.. namespaces] : [null];
                foreach (var place in places)
                {
                    if (await MayAsync(need.Key, place, token).ConfigureAwait(false) == false)
                        missing.Add($"{session.Of(need.Key.Cluster).Context.Name}: {need.Key.Verb} {need.Key.Resource.KindAndGroup}{(place is null ? "" : $" in {place}")} (step {need.Value})");
                }
            }).ConfigureAwait(false);
        return [.. missing.Order(StringComparer.Ordinal)];
    }

    private async Task<bool?> MayAsync(NeededRight right, string? ns, CancellationToken cancellationToken)
    {
        var attributes = new JsonObject { ["verb"] = right.Verb, ["group"] = right.Resource.Group, ["resource"] = right.Resource.Plural };
        if (ns is not null)
            attributes["namespace"] = ns;
        var review = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SelfSubjectAccessReview",
            ["metadata"] = new JsonObject(),
            ["spec"] = new JsonObject { ["resourceAttributes"] = attributes },
        };
        try
        {
            using var answer = await session.Of(right.Cluster).Client.CreateAsync(s_reviews, null, JsonTree.Write(review), new WriteOptions(), cancellationToken).ConfigureAwait(false);
            return answer.Root.Member("status").Member("allowed").ValueKind switch
            {
                System.Text.Json.JsonValueKind.True => true,
                System.Text.Json.JsonValueKind.False => false,
                _ => null,
            };
        }
        catch (KubernetesApiException e) when (e.StatusCode is 403 or 404 or 405)
        {
            session.Host.Verbose($"{session.Of(right.Cluster).Context.Name}: rights can't be asked for: {e.Failure.Message}");
            return null;
        }
    }

    private static string Listed(IReadOnlyList<string> missing) => $"{string.Join("; ", missing.Take(Shown))}{(missing.Count > Shown ? $"; and {missing.Count - Shown} more" : "")}";

    private static Failure Missing(string name, IReadOnlyList<string> missing) => new()
    {
        Id = "RightsMissing",
        Kind = FailureKind.PermissionDenied,
        Message = $"{name} needs rights that its logins do not have: {Listed(missing)}. Nothing was changed.",
        Recommendation = "Grant them (about_KonUpgrade_Upgrades has the roles), or narrow what is moved with -Namespace.",
        Target = name,
    };
}
