using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>A right that a step needs.</summary>
/// <param name="Cluster">On which cluster.</param>
/// <param name="Verb">To do what: list, create, patch …</param>
/// <param name="Resource">With what.</param>
internal sealed record NeededRight(UpgradeSide Cluster, string Verb, ApiResource Resource)
{
    /// <summary>The namespace in which it is needed; null for those that the plan selects, or all.</summary>
    public string? Namespace { get; init; }
}

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
        var answers = new Answers();
        await AskAsync(progress, options, steps, (work, run, token) => work.RightsAsync(run, token), answers, cancellationToken).ConfigureAwait(false);
        TellUnjudged(progress.Plan.Name, answers);
        if (!answers.Missing.IsEmpty)
            throw new UpgradeException(Missing(progress.Plan.Name, [.. answers.Missing.Order(StringComparer.Ordinal)]));
    }

    /// <summary>
    /// Asks for what is left to be taken back, and tells what is lacking. That keeps nothing else from being taken back:
    /// each step does what it may, and what would do harm without the rest is withheld where it comes to it.
    /// </summary>
    /// <param name="progress">How far the upgrade is.</param>
    /// <param name="options">How it is taken back.</param>
    /// <param name="checks">What is known of the clusters. Green may be what is broken: it is not waited for long.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task CheckUndoAsync(UpgradeProgress progress, UpgradeRunOptions options, SideChecks checks, CancellationToken cancellationToken)
    {
        options = options with { RemoveImported = options.RemoveImported || progress.RemovesImported };
        var steps = progress.ToTakeBack(works, options.RemoveImported);
        var answers = new Answers();
        // Nobody leaves while one of them is still being asked.
        await Task.WhenAll(AskSideAsync(UpgradeSide.Blue, Timeout.InfiniteTimeSpan), AskSideAsync(UpgradeSide.Green, s_greensTime)).ConfigureAwait(false);
        TellUnjudged(progress.Plan.Name, answers);
        if (!answers.Missing.IsEmpty)
            session.Host.Warning($"{progress.Plan.Name}: rights are lacking that taking back needs: {Listed([.. answers.Missing.Order(StringComparer.Ordinal)])}. What is not taken back for that is told at its step.");

        async Task AskSideAsync(UpgradeSide side, TimeSpan time)
        {
            var own = steps.Where(step => works.For(step).Undoes(step).Side == side).ToList();
            if (own.Count == 0)
                return;
            using var soon = new CancellationTokenSource(time, session.Time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(soon.Token, cancellationToken);
            try
            {
                await checks.NeedAsync(side, stop.Token).ConfigureAwait(false);
                await AskAsync(progress, options, own, (work, run, token) => work.UndoRightsAsync(run, token), answers, stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is UpgradeException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // What it has answered by then counts.
                session.Host.Warning($"{progress.Plan.Name}: {session.Of(side).Context.Name} could not be asked for all rights that taking back needs: {(soon.IsCancellationRequested ? $"it did not answer within {time.TotalSeconds} seconds." : e.Message)}");
            }
        }
    }

    private async Task AskAsync(
        UpgradeProgress progress, UpgradeRunOptions options, IEnumerable<UpgradeStep> steps, Func<IStepWork, StepRun, CancellationToken, Task<IReadOnlyList<NeededRight>>> rightsOf, Answers answers, CancellationToken cancellationToken)
    {
        var needed = new Dictionary<NeededRight, string>();
        foreach (var step in steps)
        {
            var run = new StepRun(step, progress.Plan, progress.Mark, session, options, [], progress.StepOf, _ => false, _ => Task.CompletedTask);
            foreach (var right in await rightsOf(works.For(step), run, cancellationToken).ConfigureAwait(false))
                needed.TryAdd(right, step.Id);
        }

        var namespaces = progress.Plan.Selection.Namespace;
        await Parallel.ForEachAsync(
            needed,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (need, token) =>
            {
                List<string?> places = need.Key.Namespace is { } only ? [only] : need.Key.Resource.Namespaced && namespaces.Count > 0 ? [.. namespaces] : [null];
                foreach (var place in places)
                {
                    var what = $"{session.Of(need.Key.Cluster).Context.Name}: {need.Key.Verb} {need.Key.Resource.KindAndGroup}{(place is null ? "" : $" in {place}")} (step {need.Value})";
                    if (await MayAsync(need.Key, place, what, answers, token).ConfigureAwait(false) == false)
                        answers.Missing.Add(what);
                }
            }).ConfigureAwait(false);
    }

    /// <returns>Null where that is not known.</returns>
    private async Task<bool?> MayAsync(NeededRight right, string? ns, string what, Answers answers, CancellationToken cancellationToken)
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
            var status = answer.Root.Member("status");
            switch (status.Member("allowed").ValueKind)
            {
                case JsonValueKind.True:
                    return true;
                // An authorizer that failed (a webhook that is down) has not denied it: another day it may allow.
                case JsonValueKind.False when status.Member("denied").ValueKind != JsonValueKind.True && status.Text("evaluationError") is { Length: > 0 } error:
                    answers.Unjudged.Add($"{what}: {error}");
                    return null;
                case JsonValueKind.False:
                    return false;
                default:
                    return null;
            }
        }
        catch (KubernetesApiException e) when (e.StatusCode is 403 or 404 or 405)
        {
            session.Host.Verbose($"{session.Of(right.Cluster).Context.Name}: rights can't be asked for: {e.Failure.Message}");
            return null;
        }
    }

    private void TellUnjudged(string name, Answers answers)
    {
        if (!answers.Unjudged.IsEmpty)
            session.Host.Warning($"{name}: whether the logins have these rights could not be judged; the steps find out: {Listed([.. answers.Unjudged.Order(StringComparer.Ordinal)])}");
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

    // What the clusters have answered so far.
    private sealed class Answers
    {
        public ConcurrentBag<string> Missing { get; } = [];

        public ConcurrentBag<string> Unjudged { get; } = [];
    }
}
