using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Trust;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.State;

/// <summary>
/// Lets the roles that ServiceAccounts of a cluster name trust it. What is added is written down before it is, so that the
/// way back takes out that and nothing else, also where the cluster is gone.
/// </summary>
internal sealed class GrantRoleTrustWork : IStepWork
{
    private const string TrustsNote = "trusts";

    /// <inheritdoc/>
    public string Kind => StepKind.GrantRoleTrust;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        using var iam = new IamClient(run.Aws, run.Reporter);
        var changes = await ChangesAsync(run, iam, cancellationToken).ConfigureAwait(false);
        var plans = await PlansAsync(changes, cancellationToken).ConfigureAwait(false);
        await NoteAsync(run, [.. plans.Where(plan => plan.Action == RoleTrustAction.Planned)]).ConfigureAwait(false);
        var done = new List<ClusterRoleTrust>();
        foreach (var (change, plan) in changes.Zip(plans))
        {
            if (plan.Action == RoleTrustAction.Planned)
                run.Session.Guard();
            done.Add(plan.Action == RoleTrustAction.Planned ? await change.RunAsync(cancellationToken).ConfigureAwait(false) : plan);
        }

        return Result(run, done, revokes: false);
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        using var iam = new IamClient(run.Aws, run.Reporter);
        return Result(run, await PlansAsync(await ChangesAsync(run, iam, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false), revokes: false);
    }

    /// <inheritdoc/>
    public async Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken)
    {
        var granted = NotedIn(run);
        if (granted.Count == 0)
            return new StepResult("No role was changed.");
        using var iam = new IamClient(run.Aws, run.Reporter);
        var truster = new RoleTruster(iam, run.Reporter);
        var done = new List<ClusterRoleTrust>();
        foreach (var trust in granted)
        {
            run.Session.Guard();
            done.Add(await truster.Revocation(trust).RunAsync(cancellationToken).ConfigureAwait(false));
        }

        return Result(run, done, revokes: true);
    }

    private static Task<IReadOnlyList<RoleTrustChange>> ChangesAsync(StepRun run, IamClient iam, CancellationToken cancellationToken) =>
        new RoleTruster(iam, run.Reporter).GrantsAsync(run.Target, new RoleTrustOptions { Namespace = NamespacesOf(run) }, cancellationToken);

    private static IReadOnlyList<string> NamespacesOf(StepRun run) => run.Texts("namespaces") is { Count: > 0 } named ? named : run.Plan.Selection.Namespace;

    private static async Task<IReadOnlyList<ClusterRoleTrust>> PlansAsync(IReadOnlyList<RoleTrustChange> changes, CancellationToken cancellationToken)
    {
        var plans = new List<ClusterRoleTrust>();
        foreach (var change in changes)
            plans.Add(await change.PlanAsync(cancellationToken).ConfigureAwait(false));
        return plans;
    }

    private static StepResult Result(StepRun run, IReadOnlyList<ClusterRoleTrust> roles, bool revokes)
    {
        if (roles.Count == 0)
            return new StepResult($"no ServiceAccount of {run.Target.Context.Name} names a role");
        var counts = new Counts();
        foreach (var role in roles)
            counts.Add(role.Action);
        return new StepResult(string.Create(CultureInfo.InvariantCulture, $"{roles.Count} roles: {counts}"))
        {
            Failure = RoleTrustOutcome.Incomplete(run.Target.Context.Name, roles, revokes),
        };
    }

    // What an earlier run noted, it may have granted: it stays noted.
    private static Task NoteAsync(StepRun run, IReadOnlyList<ClusterRoleTrust> planned)
    {
        if (planned.Count == 0)
            return Task.CompletedTask;
        var all = NotedIn(run).Concat(planned).GroupBy(trust => (trust.RoleArn, trust.ProviderArn));
        return run.NoteAsync(new JsonObject
        {
            [TrustsNote] = new JsonArray([.. all.Select(role => (JsonNode)new JsonObject
            {
                ["role"] = role.Key.RoleArn,
                ["name"] = role.First().RoleName,
                ["provider"] = role.Key.ProviderArn,
                ["subjects"] = new JsonArray([.. role.SelectMany(trust => trust.Subjects).Distinct(StringComparer.Ordinal).Select(subject => (JsonNode)subject)]),
            })]),
        });
    }

    private static IReadOnlyList<ClusterRoleTrust> NotedIn(StepRun run) =>
    [
        .. (run.Notes[TrustsNote] as JsonArray ?? []).OfType<JsonObject>().Select(noted => new ClusterRoleTrust
        {
            RoleArn = noted["role"]!.GetValue<string>(),
            RoleName = noted["name"]!.GetValue<string>(),
            ProviderArn = noted["provider"]?.GetValue<string>(),
            Subjects = [.. noted["subjects"]!.AsArray().Select(subject => subject!.GetValue<string>())],
            Action = RoleTrustAction.Granted,
        }),
    ];
}
